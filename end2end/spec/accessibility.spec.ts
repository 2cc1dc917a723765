// Every screen and step: axe, no sideways scroll, in light and dark, wide and 320 px, with forced colours and with
// reduced motion. A new screen gets a line here.
import type { BrowserContextOptions, Page } from "@playwright/test";
import { expectAccessible, expectNoSidewaysScroll } from "../fixture/accessibility.ts";
import { accounts } from "../fixture/account.ts";
import { openOptions, replaceInScript, save } from "../fixture/console.ts";
import { certify, encrypt } from "../fixture/encrypted-file.ts";
import { actionLink } from "../fixture/mail.ts";
import { expect, test } from "../fixture/mail-test.ts";
import {
	action,
	expectTold,
	haveMobileIdOn,
	obtainMobileId,
	openMobileId,
	question,
} from "../fixture/mobile-id.ts";
import { addToOptions } from "../fixture/options.ts";
import { expectInstalled, openLink, start } from "../fixture/phone.ts";
import {
	dialog,
	expectDone,
	pairingField,
	showCode,
	signIn,
	startGetMobileId,
	typePairingCode,
} from "../fixture/portal.ts";
import { headlessPhone } from "../fixture/program.ts";
import { chooseFile, holdKeys, openReader } from "../fixture/reader.ts";

const looks: Record<string, BrowserContextOptions> = {
	"light, wide": { colorScheme: "light" },
	"dark, wide": { colorScheme: "dark" },
	"light, 320 px": { colorScheme: "light", viewport: { width: 320, height: 640 } },
	"dark, 320 px": { colorScheme: "dark", viewport: { width: 320, height: 640 } },
	"forced colours": { forcedColors: "active" },
	"reduced motion": { reducedMotion: "reduce" },
};

for (const [look, options] of Object.entries(looks)) {
	test(`every screen and step, ${look}`, async ({ open }) => {
		test.setTimeout(120_000);
		const desktop = await open("desktop", options);
		const phone = await open("pixel", options);
		const look = async (page: Page, screen: string) => {
			await expectAccessible(page, screen);
			await expectNoSidewaysScroll(page, screen);
			if (options.reducedMotion) await expectStill(page, screen);
		};

		await desktop.goto("/sign-in");
		await expect(desktop.getByRole("button", { name: "Sign in" })).toBeVisible();
		await look(desktop, "sign in");
		await desktop.getByRole("button", { name: "Sign in" }).click();
		await expect(desktop.getByLabel("User name")).toHaveAccessibleDescription(/.+/);
		await look(desktop, "sign in, with errors");

		await signIn(desktop, accounts.bertil);
		await look(desktop, "dashboard");
		await desktop.goto("/mobile-ids");
		await expect(desktop.getByRole("heading", { level: 1, name: "Mobile ID" })).toBeVisible();
		await look(desktop, "mobile IDs, none");
		await desktop.goto("/");

		await startGetMobileId(desktop);
		await look(desktop, "dialog, step 1");
		const link = await showCode(desktop);
		await look(desktop, "dialog, step 2, waiting");

		await phone.goto("/m");
		await expect(phone.getByRole("textbox")).toBeVisible();
		await look(phone, "phone, without a code");
		await phone.goto("about:blank");
		await openLink(phone, link);
		await look(phone, "phone, the question");
		const code = await start(phone);
		await look(phone, "phone, the pairing code");
		await expect(pairingField(desktop)).toBeVisible();
		await look(desktop, "dialog, step 2, pairing code");
		await typePairingCode(desktop, code);
		await expectInstalled(phone);
		await look(phone, "phone, installed");
		await expectDone(desktop);
		await look(desktop, "dialog, step 3");

		await phone.goto("about:blank");
		await phone.goto("/m");
		await expect(phone.getByRole("main")).toContainText("MobileID Bertil");
		await look(phone, "phone, mobile IDs on this phone");

		await desktop.goto("/");
		await expect(desktop.getByRole("main")).toContainText("Active");
		await look(desktop, "dashboard, with a mobile ID");
		await desktop.goto("/mobile-ids");
		await desktop.getByRole("link", { name: /MobileID Bertil/ }).click();
		await expect(desktop.getByRole("heading", { name: "Possible actions" })).toBeVisible();
		await look(desktop, "a mobile ID");
	});

	test(`every screen of the reader, ${look}`, async ({ server, open }) => {
		const phone = await open("pixel", options);
		const look = async (screen: string) => {
			await expectAccessible(phone, screen);
			await expectNoSidewaysScroll(phone, screen);
			if (options.reducedMotion) await expectStill(phone, screen);
		};

		await phone.goto("/m/open");
		await expect(phone.getByRole("heading", { level: 1 })).toHaveText("No encryption keys here");
		await look("reader, no keys");
		const anna = await certify(server.directory, "P-256", "anna");
		await holdKeys(phone, [anna]);
		await phone.goto("/m");
		await expect(phone.getByRole("link", { name: "Open an encrypted file" })).toBeVisible();
		await look("phone, a mobile ID that opens files");
		await openReader(phone);
		await look("reader, no file yet");
		const letter = `Dear Anna,\n${"a long line of one word without an end".replaceAll(" ", "-").repeat(4)}\n`;
		const name = "a-letter-with-a-name-that-does-not-end-on-a-small-phone-at-all.txt.p7m";
		await chooseFile(phone, await encrypt(server.directory, name, letter, anna.certificate));
		await expect(phone.getByRole("heading", { level: 1 })).toHaveText("The file is open");
		await look("reader, a file that is open");
		const file = await encrypt(server.directory, "des3.p7m", letter, anna.certificate, ["-des3"]);
		await chooseFile(phone, file);
		await expect(phone.getByRole("heading", { level: 1 })).toHaveText(
			"This phone cannot open this kind of encryption",
		);
		await look("reader, a file that is not opened");
	});

	test(`every screen of the lifecycle, ${look}`, async ({ server, open }) => {
		test.setTimeout(180_000);
		const phone = await open("pixel", options);
		await haveMobileIdOn(phone, server, accounts.anna);
		const desktop = await open("desktop", options);
		const look = async (page: Page, screen: string) => {
			await expectAccessible(page, screen);
			await expectNoSidewaysScroll(page, screen);
			if (options.reducedMotion) await expectStill(page, screen);
		};

		await signIn(desktop, accounts.anna);
		await expect(desktop.getByRole("link", { name: "I lost my phone" })).toBeVisible();
		await look(desktop, "dashboard, I lost my phone");
		await openMobileId(desktop);
		await action(desktop, "Test it now").click();
		await expect(desktop.getByRole("timer")).toBeVisible();
		await look(desktop, "a test that waits");
		await phone.getByRole("button", { name: "Show the mobile IDs on this phone" }).click();
		await expect(phone.getByRole("main")).toContainText("everything is in order");
		await look(phone, "phone, tested");
		await expect(desktop.getByRole("main")).toContainText("everything is in order");
		await look(desktop, "a test that is passed");

		await action(desktop, "Lock…").click();
		await question(desktop, "Lock this mobile ID?").getByLabel("Lost", { exact: true }).check();
		await look(desktop, "lock, lost");
		await desktop.getByRole("button", { name: "Pause it instead" }).click();
		await look(desktop, "pause");
		await desktop.getByRole("button", { name: "Pause it", exact: true }).click();
		await expectTold(desktop, "Paused.");
		await look(desktop, "a paused mobile ID");
		await action(desktop, "Test it now").click();
		await expect(desktop.getByRole("main")).toContainText("something is not in order");
		await look(desktop, "a test that is not passed");
		await expect(phone.getByRole("main")).toContainText("Paused since");
		await expect(phone.getByRole("main")).toContainText("On hold");
		await look(phone, "phone, paused, and a test that is not passed");

		await desktop.goto("/");
		await expect(desktop.getByRole("main")).toContainText("paused since");
		await look(desktop, "dashboard, paused");
		await startGetMobileId(desktop);
		await dialog(desktop).getByLabel("Lock it now and go on").check();
		await look(desktop, "dialog, step 1, replacing");
		await showCode(desktop);
		await look(desktop, "dialog, step 2, replaced");
		await dialog(desktop).getByRole("button", { name: "Cancel" }).click();
		await look(desktop, "dialog, cancel after a replacement");
		await dialog(desktop).getByRole("button", { name: "End it" }).click();
		await expect(phone.getByRole("main")).toContainText("Locked since");
		await phone.getByRole("button", { name: "Remove from this phone" }).click();
		await look(phone, "phone, locked, to be removed");
		await openMobileId(desktop);
		await look(desktop, "a locked mobile ID");
		await action(desktop, "Delete…").click();
		await look(desktop, "delete");
		await desktop.getByRole("button", { name: "Delete it" }).click();
		await expectTold(desktop, "Deleted");
		await look(desktop, "deleted");
	});

	test(`every screen of mail, ${look}`, async ({ server, open, mailServer, faults }) => {
		test.setTimeout(240_000);
		faults.foresee(
			/ERR_CONNECTION|ERR_EMPTY_RESPONSE|ERR_INCOMPLETE|ERR_NETWORK|status of (401|404|409|422)/,
		);
		await addToOptions(server, 'showQRCode = false;\nnotify = "both";');
		const desktop = await open("desktop", options);
		const reader = await open("pixel", options);
		const look = async (page: Page, screen: string) => {
			await expectAccessible(page, screen);
			await expectNoSidewaysScroll(page, screen);
			if (options.reducedMotion) await expectStill(page, screen);
		};

		await signIn(desktop, accounts.anna);
		await startGetMobileId(desktop);
		await look(desktop, "dialog, step 1, by e-mail");
		await dialog(desktop).getByRole("button", { name: "Next" }).click();
		await expect(dialog(desktop)).toContainText("Handed to the mail server");
		await look(desktop, "dialog, step 2, by e-mail");
		await dialog(desktop).getByText("Nothing has come?").click();
		await look(desktop, "dialog, step 2, nothing has come");

		await reader.goto(actionLink(await mailServer.waitForMail("anna@example.com", /Set up/)));
		await expect(reader.getByRole("heading", { name: "Was this you?" })).toBeVisible();
		await look(reader, "link in a mail, the question");
		await reader.getByRole("button", { name: /This was not me/ }).click();
		await expect(reader.getByRole("heading", { name: "It is cancelled" })).toBeVisible();
		await look(reader, "link in a mail, done");
		await expect(dialog(desktop)).toContainText("This was not me");
		await look(desktop, "dialog, disowned by mail");
		await reader.goto("/mail#cut");
		await expect(reader.getByRole("heading", { name: "This link leads nowhere" })).toBeVisible();
		await look(reader, "link in a mail, cut off");

		mailServer.misbehave("refuse");
		await dialog(desktop).getByRole("button", { name: "Try again" }).click();
		await dialog(desktop).getByRole("button", { name: "Next" }).click();
		await expect(dialog(desktop)).toContainText("could not be sent");
		await look(desktop, "dialog, step 2, the mail could not be sent");
		mailServer.misbehave(undefined);
		await dialog(desktop).getByRole("button", { name: "Cancel" }).click();
		await expect(dialog(desktop)).toBeHidden();
		await addToOptions(server, "showQRCode = true;");
		await startGetMobileId(desktop);
		const phone = headlessPhone(server, await showCode(desktop));
		await expect(pairingField(desktop)).toBeVisible();
		await typePairingCode(desktop, await phone.pairingCode);
		await phone.finished;
		await reader.goto(actionLink(await mailServer.waitForMail("anna@example.com", /is ready/)));
		await expect(reader.getByRole("heading", { name: "Lock this mobile ID?" })).toBeVisible();
		await look(reader, "link in a mail, to lock");
	});

	test(`a mobile ID that ends soon, ${look}`, async ({ server, open, faults }) => {
		faults.foresee(/ERR_CONNECTION|ERR_EMPTY_RESPONSE|ERR_INCOMPLETE|ERR_NETWORK|status of 401/);
		await obtainMobileId(server, await open("desktop"), accounts.anna);
		await server.stop();
		await server.start("675d");
		const desktop = await open("desktop", options);
		await signIn(desktop, accounts.anna);
		await expect(desktop.getByRole("region", { name: "Your mobile ID ends soon" })).toBeVisible();
		await expectAccessible(desktop, "dashboard, a mobile ID that ends soon");
		await expectNoSidewaysScroll(desktop, "dashboard, a mobile ID that ends soon");
	});

	test(`every screen of the console, ${look}`, async ({ open }) => {
		test.setTimeout(180_000);
		const desktop = await open("desktop", options);
		const look = async (screen: string) => {
			await expectAccessible(desktop, screen);
			await expectNoSidewaysScroll(desktop, screen);
			if (options.reducedMotion) await expectStill(desktop, screen);
		};

		await openOptions(desktop, accounts.astrid);
		await look("options");
		await desktop.getByRole("button", { name: "Choose another user" }).click();
		await expect(desktop.getByRole("button", { name: /Bertil/ })).toBeVisible();
		await look("options, whose effect to see");
		await replaceInScript(desktop, "yearsOfValidity = 2;", "yearsOfValidity = 20;");
		await expect(desktop.getByText(/out of range/)).toBeVisible();
		await look("options, a fault");
		await replaceInScript(desktop, "yearsOfValidity = 20;", "yearsOfValidity = 4;");
		await expect(desktop.getByText(/NIST/)).toBeVisible();
		await look("options, a hint");
		await desktop.getByRole("button", { name: "Save…" }).click();
		await expect(desktop.getByRole("region", { name: "Changes, line by line" })).toBeVisible();
		await look("options, the changes before saving");
		await desktop.getByRole("button", { name: "Cancel" }).click();
		await save(desktop, "Four years");
		await look("options, saved");
		await desktop.getByRole("link", { name: "Versions" }).click();
		await expect(desktop.getByRole("row", { name: /Version 2/ })).toBeVisible();
		await look("versions");
		await desktop.getByRole("link", { name: "Version 1" }).click();
		await expect(desktop.getByRole("region", { name: "Changes, line by line" })).toBeVisible();
		await look("one version");
		await desktop.getByRole("link", { name: "Reminders" }).click();
		await expect(desktop.getByText("No faults")).toBeVisible();
		await look("reminders");
		await desktop.getByRole("link", { name: "Mail", exact: true }).click();
		await desktop.getByRole("button", { name: "Send a test mail" }).click();
		await expect(desktop.getByRole("row", { name: /Test mail/ })).toContainText("Handed over");
		await expect(desktop.frameLocator("iframe").getByRole("link").first()).toBeVisible();
		await look("mail");
	});
}

async function expectStill(page: Page, screen: string): Promise<void> {
	const moving = await page.evaluate(() =>
		document
			.getAnimations()
			.filter((animation) => animation.playState === "running")
			.map((animation) => (animation as CSSAnimation).animationName ?? "a transition"),
	);
	expect(moving, `what moves on "${screen}"`).toEqual([]);
}

test("the portal on a phone: every screen until the phone page takes over", async ({ phone }) => {
	const look = async (screen: string) => {
		await expectAccessible(phone, `portal on a phone: ${screen}`);
		await expectNoSidewaysScroll(phone, screen);
	};
	await phone.goto("/sign-in");
	await expect(phone.getByRole("button", { name: "Sign in" })).toBeVisible();
	await look("sign in");
	await signIn(phone, accounts.bertil);
	await look("dashboard");
	await startGetMobileId(phone);
	await look("dialog, step 1");
	await dialog(phone).getByRole("button", { name: "Next" }).click();
	await expect(dialog(phone).getByRole("link", { name: "Set up this phone" })).toBeVisible();
	await look("dialog, step 2");
});

test("the demo says that it is one, on every page", async ({ desktop, phone }) => {
	for (const page of [desktop, phone]) {
		await page.goto(page === phone ? "/m" : "/sign-in");
		await expect(page.getByText(/this is a demo/i)).toBeVisible();
	}
	await signIn(desktop, accounts.anna);
	for (const path of ["/", "/mobile-ids"]) {
		await desktop.goto(path);
		await expect(desktop.getByText(/this is a demo/i)).toBeVisible();
	}
});
