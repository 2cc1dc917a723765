// Encryption keys on the phone page: made and archived by the server, sealed to this phone, recovered to the next one;
// and what was encrypted to an old phone opens on the new one.
import type { Page, Route } from "@playwright/test";
import { accounts } from "../fixture/account.ts";
import { asPem, encrypt, oaepSha256 } from "../fixture/encrypted-file.ts";
import { haveMobileIdOn } from "../fixture/mobile-id.ts";
import { verifyCertificate } from "../fixture/openssl.ts";
import { addToOptions } from "../fixture/options.ts";
import { expectInstalled, openLink, start } from "../fixture/phone.ts";
import { PortalUser } from "../fixture/portal-user.ts";
import { headlessPhone } from "../fixture/program.ts";
import { chooseFile, openReader, saved } from "../fixture/reader.ts";
import { test as base, expect } from "../fixture/test.ts";

const script = `
certificates.encryption = "required";
recoverEncryptionCertificates = "all";
`;

const test = base.extend<{ user: PortalUser }>({
	user: async ({ server }, use) => {
		await addToOptions(server, script);
		await use(await PortalUser.signIn(server, accounts.anna));
	},
});

interface Sealed {
	encapsulated: string;
	ciphertext: string;
	challenge: string;
}

interface Installed {
	purpose: string;
	serial: string;
	certificate: string;
	sealed?: Sealed | null;
}

/** What one record of the phone's storage holds. */
interface Stored {
	certificates: Installed[];
	recovered: Installed[];
	/** Purposes. */
	keys: string[];
	/** By serial number: algorithm, and whether it can be taken out. */
	decryption: Record<string, { algorithm: string; type: string; extractable: boolean; isGivenOut: boolean }>;
}

async function stored(page: Page, store: "enrollment" | "mobile_id"): Promise<Stored[]> {
	return await page.evaluate(async (store) => {
		const opening = indexedDB.open("smart-id");
		await new Promise((resolve) => {
			opening.onsuccess = resolve;
		});
		const reading = opening.result.transaction(store).objectStore(store).getAll();
		await new Promise((resolve) => {
			reading.onsuccess = resolve;
		});
		opening.result.close();
		return await Promise.all(
			reading.result.map(async (record) => {
				const facts = JSON.parse(record.facts);
				const decryption: Stored["decryption"] = {};
				for (const [serial, key] of Object.entries<CryptoKey>(record.decryption ?? {})) {
					decryption[serial] = {
						algorithm: key.algorithm.name,
						type: key.type,
						extractable: key.extractable,
						isGivenOut: await crypto.subtle.exportKey("pkcs8", key).then(
							() => true,
							() => false,
						),
					};
				}
				const { certificates = [], recovered = [] } = facts.installation ?? facts;
				return { certificates, recovered, keys: Object.keys(record.keys), decryption };
			}),
		);
	}, store);
}

/** The one mobile ID on this phone. */
async function onlyMobileId(page: Page): Promise<Stored> {
	const [mobileId, ...others] = await stored(page, "mobile_id");
	expect(others).toEqual([]);
	if (!mobileId) throw new Error("no mobile ID is stored");
	return mobileId;
}

function encryptionOf(mobileId: Stored): Installed {
	const found = mobileId.certificates.find((certificate) => certificate.purpose === "encryption");
	if (!found) throw new Error("no encryption certificate is stored");
	return found;
}

for (const [keyType, algorithm, keyOptions] of [
	["p256", "ECDH", []],
	["rsa3072", "RSA-OAEP", oaepSha256],
] as [string, string, string[]][]) {
	test.describe(`with keys of type ${keyType}`, () => {
		test.use({ settings: { SELFSERVICE_ARCHIVE__KEY_TYPE: keyType } });

		test("what was encrypted to the old phone opens on the new one", async ({
			server,
			user: _,
			open,
			phone,
		}) => {
			test.setTimeout(120_000);
			const old = await open("pixel");
			await haveMobileIdOn(old, server, accounts.anna);
			const first = await onlyMobileId(old);
			const certificate = await asPem(server.directory, "old", encryptionOf(first).certificate);
			await verifyCertificate(server, certificate);
			const secret = "What only Anna may read\n";
			const cbc = await encrypt(
				server.directory,
				"old.txt.p7m",
				secret,
				certificate,
				["-aes256"],
				keyOptions,
			);
			const gcm = await encrypt(
				...([server.directory, "gcm.txt.p7m", secret, certificate] as const),
				["-aes-256-gcm", "-stream", "-outform", "DER"],
				keyOptions,
			);
			await old.context().close();

			await haveMobileIdOn(phone, server, accounts.anna);
			const second = await onlyMobileId(phone);
			expect(second.recovered.map((one) => one.certificate)).toEqual([encryptionOf(first).certificate]);
			const serials = [encryptionOf(second).serial, encryptionOf(first).serial];
			expect(Object.keys(second.decryption).sort()).toEqual(serials.sort());
			for (const key of Object.values(second.decryption)) {
				expect(key).toEqual({ algorithm, type: "private", extractable: false, isGivenOut: false });
			}
			// The transport key is thrown away, and what was sealed to it.
			expect(second.keys).not.toContain("encryption");
			expect([...second.certificates, ...second.recovered].filter((one) => one.sealed)).toEqual([]);

			await phone.goto("about:blank");
			await phone.goto("/m");
			await expect(phone.getByRole("main")).toContainText("with 2 keys");
			await openReader(phone);
			for (const file of [cbc, gcm]) {
				await chooseFile(phone, file);
				await expect(phone.getByRole("heading", { level: 1 })).toHaveText("The file is open");
				expect((await saved(phone)).octets.toString("utf8")).toBe(secret);
			}
			const today = await asPem(server.directory, "new", encryptionOf(second).certificate);
			await chooseFile(
				phone,
				await encrypt(
					server.directory,
					"new.p7m",
					"Hello",
					today,
					["-aes128", "-outform", "DER"],
					keyOptions,
				),
			);
			await expect(phone.getByRole("main")).toContainText(encryptionOf(second).serial);
			expect((await saved(phone)).octets.toString("utf8")).toBe("Hello");
		});
	});
}

test("a page that is closed between unwrapping and the receipt goes on where it was", async ({
	user,
	phone,
}) => {
	let reached: () => void = () => {};
	const receipt = new Promise<void>((resolve) => {
		reached = resolve;
	});
	// It never arrives.
	await phone.route("**/api/device/receipt", () => reached());
	await openLink(phone, (await user.showCode()).link);
	await user.confirm(await start(phone));
	await receipt;
	const again = await phone.context().newPage();
	await phone.close();
	await again.goto("/manifest.webmanifest");
	const [kept] = await stored(again, "enrollment");
	expect(Object.values(kept?.decryption ?? {})).toHaveLength(1);
	expect(await stored(again, "mobile_id")).toEqual([]);
	await again.goto("/m");
	await expectInstalled(again);
	expect((await user.process()).state).toBe("completed");
	expect(Object.keys((await onlyMobileId(again)).decryption)).toHaveLength(1);
	expect(await stored(again, "enrollment")).toEqual([]);
});

test("the answer to the receipt is lost, and it is sent again", async ({ user, phone, faults }) => {
	faults.foresee(/CONNECTION_RESET/);
	let sent = 0;
	await phone.route("**/api/device/receipt", async (route) => {
		sent += 1;
		if (sent > 1) return await route.continue();
		await route.fetch();
		await route.abort("connectionreset");
	});
	await openLink(phone, (await user.showCode()).link);
	await user.confirm(await start(phone));
	await expectInstalled(phone);
	expect(sent).toBe(2);
	expect(Object.keys((await onlyMobileId(phone)).decryption)).toHaveLength(1);
});

test("two tabs of one phone end with one mobile ID that has its key", async ({ user, phone }) => {
	const { link } = await user.showCode();
	await openLink(phone, link);
	const code = await start(phone);
	const second = await phone.context().newPage();
	await second.goto(link);
	await expect(second.getByRole("heading", { name: "Type this code on your computer" })).toBeVisible();
	await user.confirm(code);
	await expectInstalled(phone);
	await expectInstalled(second);
	expect(Object.keys((await onlyMobileId(phone)).decryption)).toHaveLength(1);
	expect(await stored(phone, "enrollment")).toEqual([]);
});

/** The server's answers, with something in each sealed key changed on the way. */
async function alter(page: Page, change: (sealed: Sealed) => void): Promise<void> {
	await page.route("**/api/device/enrollment*", async (route: Route) => {
		const response = await route.fetch().catch(() => undefined);
		if (!response) return;
		const json = await response.json();
		for (const { sealed } of json.installation?.certificates ?? []) if (sealed) change(sealed);
		await route.fulfill({ response, json });
	});
}

/** Other octets of the same length. */
function flipped(base64url: string): string {
	const octets = Buffer.from(base64url, "base64url");
	octets[40] = (octets[40] ?? 0) ^ 1;
	return octets.toString("base64url");
}

for (const part of ["encapsulated", "ciphertext", "challenge"] as const) {
	test(`a sealed key whose ${part} was altered on the way is refused in plain words`, async ({
		user,
		phone,
	}) => {
		await alter(phone, (sealed) => {
			sealed[part] = flipped(sealed[part]);
		});
		await openLink(phone, (await user.showCode()).link);
		await user.confirm(await start(phone));
		await expect(phone.getByRole("heading", { level: 1 })).toHaveText(
			"An encryption key was damaged on its way",
		);
		await expect.poll(async () => (await user.process()).state).toMatch(/cancelled|failed/);
		expect(await stored(phone, "enrollment")).toEqual([]);
		expect(await stored(phone, "mobile_id")).toEqual([]);
	});
}

test("fifty earlier keys are unwrapped while the page stays awake", async ({ server, user, phone }) => {
	test.setTimeout(240_000);
	// Otherwise each of them would recover those before it.
	await addToOptions(server, 'recoverEncryptionCertificates = "off";');
	for (let count = 0; count < 50; count += 1) {
		const earlier = headlessPhone(server, (await user.showCode()).link, `phone-${count}`);
		await user.confirm(await earlier.pairingCode);
		await earlier.finished;
	}
	await addToOptions(server, 'recoverEncryptionCertificates = "all";');
	await openLink(phone, (await user.showCode()).link);
	const code = await start(phone);
	await phone.evaluate(() => {
		const held = window as unknown as { longest: number };
		held.longest = 0;
		let last = performance.now();
		const look = () => {
			const now = performance.now();
			held.longest = Math.max(held.longest, now - last);
			last = now;
			setTimeout(look, 10);
		};
		look();
	});
	await user.confirm(code);
	await expectInstalled(phone);
	expect((await onlyMobileId(phone)).recovered).toHaveLength(50);
	expect(Object.keys((await onlyMobileId(phone)).decryption)).toHaveLength(51);
	const longest = await phone.evaluate(() => (window as unknown as { longest: number }).longest);
	expect(longest, "milliseconds in which nothing else could happen").toBeLessThan(1_000);
});
