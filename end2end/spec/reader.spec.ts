// The page that opens encrypted files: whatever openssl makes is opened with the right key, or refused in plain words.
import { execFile } from "node:child_process";
import { truncate, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import type { Page } from "@playwright/test";
import { expectAccessible, expectNoSidewaysScroll } from "../fixture/accessibility.ts";
import { altered, type Certified, certify, encrypt, oaepSha256 } from "../fixture/encrypted-file.ts";
import { chooseFile, holdKeys, openReader, saved } from "../fixture/reader.ts";
import { test as base, expect } from "../fixture/test.ts";

const text = "Dear Anna,\r\nthe meeting is at noon. Grüße\r\n";

const test = base.extend<{ anna: Certified; rsa: Certified; reader: Page }>({
	anna: async ({ server }, use) => use(await certify(server.directory, "P-256", "anna")),
	rsa: async ({ server }, use) => use(await certify(server.directory, "RSA", "anna-rsa")),
	reader: async ({ phone, anna, rsa }, use) => {
		await holdKeys(phone, [anna, rsa]);
		await openReader(phone);
		await use(phone);
	},
});

/** Cipher, form and key agreement by openssl's words. */
const forP256: [string, string[], string[]?][] = [
	["AES-128-CBC, DER", ["-aes128", "-outform", "DER"]],
	["AES-256-CBC, S/MIME", ["-aes256"]],
	["AES-256-CBC, PEM", ["-aes256", "-outform", "PEM"]],
	["AES-256-CBC, in pieces", ["-aes256", "-stream", "-outform", "DER"]],
	["AES-128-GCM, DER", ["-aes-128-gcm", "-outform", "DER"]],
	["AES-256-GCM, in pieces, S/MIME", ["-aes-256-gcm", "-stream"]],
	["by the key's identifier", ["-aes128", "-keyid", "-outform", "DER"]],
	["KDF with SHA-256", ["-aes256", "-outform", "DER"], ["-keyopt", "ecdh_kdf_md:sha256"]],
	["KDF with SHA-384", ["-aes256", "-outform", "DER"], ["-keyopt", "ecdh_kdf_md:sha384"]],
	["KDF with SHA-512", ["-aes128", "-outform", "DER"], ["-keyopt", "ecdh_kdf_md:sha512"]],
];

test("every form that openssl makes for a key on P-256 is opened", async ({ reader, server, anna }) => {
	for (const [form, options, keyOptions] of forP256) {
		const file = await encrypt(
			server.directory,
			"letter.txt.p7m",
			text,
			anna.certificate,
			options,
			keyOptions,
		);
		await chooseFile(reader, file);
		await expect(reader.getByRole("heading", { level: 1 }), form).toHaveText("The file is open");
		await expect(reader.getByRole("main")).toContainText("certificate 01");
		const { name, octets } = await saved(reader);
		expect(name).toBe("letter.txt");
		expect(octets.toString("utf8"), form).toBe(text);
	}
	await expect(reader.getByRole("region", { name: "Content of the file" })).toContainText("at noon. Grüße");
	await expect(reader).toHaveTitle(/The file is open/);
});

test("a file for a key of RSA is opened, and one for both by whichever is here", async ({
	reader,
	server,
	anna,
	rsa,
}) => {
	const cbc = ["-aes256", "-outform", "DER"];
	for (const [options, keyOptions] of [
		[cbc, oaepSha256],
		[["-aes-256-gcm", "-stream", "-outform", "DER"], oaepSha256],
		[cbc, [...oaepSha256, "-recip", anna.certificate]],
	] as [string[], string[]][]) {
		const file = await encrypt(server.directory, "smime.p7m", text, rsa.certificate, options, keyOptions);
		await chooseFile(reader, file);
		await expect(reader.getByRole("heading", { level: 1 })).toHaveText("The file is open");
		const { name, octets } = await saved(reader);
		expect([name, octets.toString("utf8")]).toEqual(["smime.txt", text]);
	}
});

test("what is no text is saved and not shown", async ({ reader, server, anna }) => {
	const picture = Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0]), Buffer.alloc(2_000_000, 7)]);
	const file = await encrypt(server.directory, "photo.jpg.p7m", picture, anna.certificate);
	await chooseFile(reader, file);
	await expect(reader.getByRole("main")).toContainText("is not shown here");
	await expect(reader.getByRole("region")).toHaveCount(0);
	const { name, octets } = await saved(reader);
	expect(name).toBe("photo.jpg");
	expect(octets.equals(picture)).toBe(true);
});

test("what cannot be opened says why, and what to do", async ({ reader, server, anna, rsa }) => {
	test.setTimeout(120_000);
	const in_ = (name: string) => path.join(server.directory, name);
	const der = (cipher: string) => [cipher, "-outform", "DER"];
	const own = (name: string, cipher: string) =>
		encrypt(server.directory, name, text, anna.certificate, der(cipher));
	const toRsa = (name: string, keyOptions: string[]) =>
		encrypt(server.directory, name, text, rsa.certificate, der("-aes256"), keyOptions);
	const other = await certify(server.directory, "P-256", "bertil");
	await writeFile(in_("note.txt"), "Dear Anna, no secret at all");
	await writeFile(in_("empty.p7m"), "");
	await writeFile(in_("large.p7m"), "");
	await truncate(in_("large.p7m"), 51 * 1024 * 1024);
	await promisify(execFile)("openssl", [
		...["cms", "-sign", "-nodetach", "-outform", "DER", "-in", in_("note.txt"), "-out", in_("signed.p7m")],
		...["-signer", anna.certificate, "-inkey", anna.key],
	]);
	for (const [file, heading] of [
		[in_("note.txt"), "This is not an encrypted file"],
		[in_("empty.p7m"), "This is not an encrypted file"],
		[in_("large.p7m"), "This file is too large"],
		[in_("signed.p7m"), "This file is signed, not encrypted"],
		[await encrypt(server.directory, "b.p7m", text, other.certificate), "This file is not for this phone"],
		[await own("192.p7m", "-aes192"), "This phone cannot open this kind of encryption"],
		[await own("des3.p7m", "-des3"), "This phone cannot open this kind of encryption"],
		[await toRsa("old.p7m", []), "This phone cannot open this kind of encryption"],
		[
			await toRsa("sha1.p7m", ["-keyopt", "rsa_padding_mode:oaep"]),
			"This phone cannot open this kind of encryption",
		],
		// In the tag of AES-GCM; in the content; in the wrapped key of CBC.
		[await altered(await own("tag.p7m", "-aes-256-gcm"), 1), "This file is damaged"],
		[await altered(await own("gcm.p7m", "-aes-256-gcm"), 20), "This file is damaged"],
		[await altered(await own("key.p7m", "-aes256"), 120), "This file is damaged"],
	] as const) {
		await chooseFile(reader, file);
		await expect(reader.getByRole("heading", { level: 1 }), file).toHaveText(heading);
		await expect(reader.getByRole("link", { name: "Save on this device" })).toHaveCount(0);
		await expectAccessible(reader, `reader: ${heading}, ${path.basename(file)}`);
	}
	await expect(reader.getByRole("heading", { level: 1 })).toBeFocused();
	await chooseFile(reader, await own("good.p7m", "-aes256"));
	await expect(reader.getByRole("heading", { level: 1 })).toHaveText("The file is open");
});

test("a phone without an encryption key says so and takes no file", async ({ phone }) => {
	await phone.goto("/m/open");
	await expect(phone.getByRole("heading", { level: 1 })).toHaveText("No encryption keys here");
	await expect(phone.locator("input[type=file]")).toHaveCount(0);
	await expectAccessible(phone, "reader: no encryption keys");
	await phone.getByRole("link", { name: "Mobile IDs on this phone" }).click();
	await expect(phone.getByRole("heading", { level: 1 })).toHaveText("Mobile IDs on this phone");
});

test("the phone page says what it opens, and leads there", async ({ phone, anna, rsa }) => {
	await holdKeys(phone, [anna, rsa]);
	await phone.goto("/m");
	await expect(phone.getByRole("main")).toContainText(
		`Opens files and mail encrypted to you since ${new Date().getFullYear()}, with 2 keys`,
	);
	await phone.getByRole("link", { name: "Open an encrypted file" }).click();
	await expect(phone.getByRole("main")).toContainText("It has 2 of your encryption keys");
});

test("by keyboard, by dropping a file, and in other languages", async ({ reader, server, anna }) => {
	const file = await encrypt(server.directory, "letter.txt.p7m", text, anna.certificate);
	await expect(reader.getByRole("heading", { level: 1 })).toBeFocused();
	await reader.keyboard.press("Tab");
	await expect(reader.locator("input[type=file]")).toBeFocused();
	const choosing = reader.waitForEvent("filechooser");
	await reader.keyboard.press("Enter");
	await (await choosing).setFiles(file);
	await expect(reader.getByRole("heading", { level: 1 })).toHaveText("The file is open");

	for (const [language, opened] of [
		["sv", "Filen är öppen"],
		["de", "Die Datei ist offen"],
	] as const) {
		await reader.getByRole("combobox").selectOption(language);
		await expect(reader.getByRole("heading", { level: 1 })).toHaveText(opened);
		await expect(reader).toHaveTitle(new RegExp(opened));
	}
	const dropped = await reader.evaluateHandle(() => {
		const transfer = new DataTransfer();
		transfer.items.add(new File(["no secret"], "note.txt"));
		return transfer;
	});
	await reader.locator(".reader-drop").dispatchEvent("drop", { dataTransfer: dropped });
	await expect(reader.getByRole("heading", { level: 1 })).toHaveText("Das ist keine verschlüsselte Datei");
	await expectNoSidewaysScroll(reader, "reader");
});
