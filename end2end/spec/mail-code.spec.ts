// The code by e-mail: what the dialog says of the mail is true, and the mail leads to the same mobile ID.
import type { Page } from "@playwright/test";
import { accounts } from "../fixture/account.ts";
import { actionLink, buttonLink, qrInMail, textLink } from "../fixture/mail.ts";
import { expect, test } from "../fixture/mail-test.ts";
import { addToOptions } from "../fixture/options.ts";
import { expectInstalled, openLink, start } from "../fixture/phone.ts";
import {
	dialog,
	expectDone,
	getAsFarAsTheCode,
	pairingField,
	scan,
	signIn,
	startGetMobileId,
	typePairingCode,
} from "../fixture/portal.ts";
import { run } from "../fixture/program.ts";

const anna = "anna@example.com";
const codeMail = /Set up your mobile ID/;
/** A first retry comes after up to five seconds, a second after ten more. */
const retries = { timeout: 40_000 };

async function getAsFarAsTheMail(page: Page): Promise<void> {
	await signIn(page, accounts.anna);
	await startGetMobileId(page);
	await expect(dialog(page)).toContainText("We will send the code to a…@example.com");
	await dialog(page).getByRole("button", { name: "Next" }).click();
	await expect(dialog(page)).toContainText("Step 2 of 3");
	await expect(dialog(page)).toContainText("a…@example.com");
}

async function expectHandedOver(page: Page): Promise<void> {
	await expect(dialog(page)).toContainText("We sent the QR code to a…@example.com", retries);
	await expect(dialog(page)).toContainText(/Handed to the mail server at \d\d:\d\d\./);
}

async function expectStillTrying(page: Page): Promise<void> {
	await expect(dialog(page)).toContainText("we keep trying", retries);
	await expect(dialog(page)).not.toContainText("We sent");
	await expect(dialog(page)).not.toContainText("Handed to");
}

test.beforeEach(({ server: _ }) => test.setTimeout(120_000));

test.describe("by e-mail", () => {
	test.beforeEach(async ({ server }) => addToOptions(server, "showQRCode = false;"));

	test("the whole way: mail, QR code, phone, digits", async ({ server, desktop, phone, mailServer }) => {
		await getAsFarAsTheMail(desktop);
		await expectHandedOver(desktop);
		await expect(dialog(desktop).getByRole("img", { name: /QR/ })).toHaveCount(0);

		const mail = await mailServer.waitForMail(anna, codeMail);
		const link = textLink(mail);
		expect(link).toMatch(new RegExp(`^${server.url}/m#[A-Za-z0-9_-]{43}$`));
		expect(qrInMail(mail)).toBe(link);
		expect(buttonLink(mail)).toBe(link);
		// Mail programs and scanners open links by themselves.
		for (const url of [link, actionLink(mail)]) {
			expect((await fetch(url)).status).toBe(200);
			expect((await fetch(url, { method: "HEAD" })).status).toBe(200);
		}

		await openLink(phone, link);
		const code = await start(phone);
		await expect(dialog(desktop)).toContainText("Android");
		await typePairingCode(desktop, code);
		await expectInstalled(phone);
		await expectDone(desktop);
		expect(mailServer.mailsTo(anna)).toHaveLength(1);
	});

	test("a reload sends nothing; a minute later it can be sent again, and the old code is dead", async ({
		server,
		desktop,
		phone,
		mailServer,
		faults,
	}) => {
		faults.foresee(/ERR_CONNECTION|ERR_EMPTY_RESPONSE|ERR_INCOMPLETE|ERR_SOCKET|ERR_NETWORK|status of 410/);
		await getAsFarAsTheMail(desktop);
		await expectHandedOver(desktop);
		const first = textLink(await mailServer.waitForMail(anna, codeMail));
		await desktop.reload();
		await expectHandedOver(desktop);
		const again = dialog(desktop).getByRole("button", { name: /^Send again in 0:\d\d$/ });
		await expect(again).toBeDisabled();
		await openLink(phone, first);

		await server.stop();
		await server.start("61s");
		await desktop.reload();
		expect(mailServer.mailsTo(anna)).toHaveLength(1);
		await dialog(desktop).getByRole("button", { name: "Send again" }).click();
		const second = textLink(await mailServer.waitForMail(anna, codeMail));
		expect(second).not.toBe(first);
		await expect(dialog(desktop).getByRole("button", { name: /Send again in/ })).toBeVisible();
		await phone.goto("about:blank");
		await phone.goto(first);
		await expect(phone.getByRole("main")).toContainText("newer code");
		await openLink(phone, second);
		await typePairingCode(desktop, await start(phone));
		await expectDone(desktop);
	});

	test("a mail server that puts us off: said so, and the mail comes once", async ({
		desktop,
		mailServer,
	}) => {
		mailServer.misbehave("greylist");
		await getAsFarAsTheMail(desktop);
		await expectStillTrying(desktop);
		mailServer.misbehave(undefined);
		await mailServer.waitForMail(anna, codeMail, 40_000);
		await expectHandedOver(desktop);
		expect(mailServer.mailsTo(anna)).toHaveLength(1);
	});

	test("a mail server that is down: the window can be closed, and all is there later", async ({
		desktop,
		phone,
		mailServer,
	}) => {
		await mailServer.close();
		await getAsFarAsTheMail(desktop);
		await expectStillTrying(desktop);
		await desktop.keyboard.press("Escape");
		await desktop.getByRole("button", { name: "Continue" }).click();
		await expectStillTrying(desktop);
		await mailServer.open();
		const mail = await mailServer.waitForMail(anna, codeMail, 60_000);
		await expectHandedOver(desktop);
		await openLink(phone, qrInMail(mail) ?? "");
		await typePairingCode(desktop, await start(phone));
		await expectDone(desktop);
		expect(mailServer.mailsTo(anna)).toHaveLength(1);
	});

	test("a mail server that says nothing holds nobody up", async ({ desktop, mailServer }) => {
		mailServer.misbehave("hang");
		await getAsFarAsTheMail(desktop);
		await mailServer.faultMet();
		await dialog(desktop).getByRole("button", { name: "Cancel" }).click();
		await expect(dialog(desktop)).toBeHidden();
	});

	test("an answer that is lost: the mail comes again under the same Message-ID", async ({
		desktop,
		mailServer,
	}) => {
		mailServer.misbehave("cut");
		await getAsFarAsTheMail(desktop);
		const first = await mailServer.waitForMail(anna, codeMail);
		mailServer.misbehave(undefined);
		const second = await mailServer.waitForMail(anna, codeMail, 40_000);
		expect(second.messageId).toBe(first.messageId);
		expect(second.source.equals(first.source)).toBe(true);
		await expectHandedOver(desktop);
	});

	test("an address that is refused: said so, with what to do", async ({ desktop, mailServer }) => {
		mailServer.misbehave("refuse");
		await getAsFarAsTheMail(desktop);
		await expect(dialog(desktop)).toContainText("The QR code could not be sent to a…@example.com");
		await expect(dialog(desktop)).toContainText(/Ask your administrator whether your address is right/);
		await expect(dialog(desktop).getByRole("button", { name: /Send again/ })).toBeVisible();
		await expect(dialog(desktop)).not.toContainText("Waiting for your phone");
	});

	test("This was not me: the page asks first; then dialog and phone are told", async ({
		desktop,
		phone,
		open,
		mailServer,
		faults,
	}) => {
		faults.foresee(/status of (404|409|410|422)/);
		await getAsFarAsTheMail(desktop);
		const mail = await mailServer.waitForMail(anna, codeMail);
		await openLink(phone, textLink(mail));
		await start(phone);
		await expect(pairingField(desktop)).toBeVisible();

		const reader = await open("iphone");
		await reader.goto(actionLink(mail));
		await expect(reader.getByRole("heading", { level: 1, name: "Was this you?" })).toBeVisible();
		await expect(reader.getByRole("main")).toContainText(/Chrom\w+ on Linux/);
		await expect(pairingField(desktop)).toBeVisible();
		await reader.getByRole("button", { name: "This was not me: cancel it" }).click();
		await expect(reader.getByRole("heading", { level: 1, name: "It is cancelled" })).toBeFocused();
		await expect(dialog(desktop)).toContainText("This was not me");
		await expect(dialog(desktop)).toContainText("Nothing was set up");
		await expect(phone.getByRole("main")).toContainText("Cancelled on the computer");

		await reader.reload();
		await expect(reader.getByRole("heading", { level: 1, name: "It is cancelled" })).toBeVisible();
		await expect(reader.getByRole("button", { name: /not me/ })).toHaveCount(0);
		await reader.goto(actionLink(mail).slice(0, -5));
		await expect(reader.getByRole("heading", { level: 1, name: "This link leads nowhere" })).toBeVisible();
	});

	test("the page of a link keeps its button through a lost network", async ({
		desktop,
		open,
		mailServer,
		faults,
	}) => {
		faults.foresee(/ERR_INTERNET_DISCONNECTED/);
		await getAsFarAsTheMail(desktop);
		const reader = await open("pixel");
		await reader.goto(actionLink(await mailServer.waitForMail(anna, codeMail)));
		const button = reader.getByRole("button", { name: "This was not me: cancel it" });
		await expect(button).toBeVisible();
		await reader.context().setOffline(true);
		await button.click();
		await expect(reader.getByText("The server cannot be reached.")).toBeVisible();
		await reader.context().setOffline(false);
		await reader.getByRole("button", { name: "Try again" }).click();
		await expect(reader.getByRole("heading", { level: 1, name: "It is cancelled" })).toBeVisible();
		await expect(dialog(desktop)).toContainText("This was not me");
	});

	test("without an address, Get Mobile ID says why it cannot start", async ({ server, desktop }) => {
		await run(server, "user", "set", "anna", "--email", "");
		await signIn(desktop, accounts.anna);
		const card = desktop.getByRole("main").getByRole("button", { name: "Get Mobile ID" });
		await expect(card).toBeDisabled();
		await expect(card).toHaveAccessibleDescription(/has no e-mail address/);
	});
});

test("without an address, the code is on the screen where the options allow it", async ({
	server,
	desktop,
}) => {
	await addToOptions(server, "showQRCode = false;\nshowQRCodeWithoutEmail = true;");
	await run(server, "user", "set", "anna", "--email", "");
	await signIn(desktop, accounts.anna);
	await startGetMobileId(desktop);
	await expect(dialog(desktop)).toContainText("Your account has no e-mail address");
	await dialog(desktop).getByRole("button", { name: "Next" }).click();
	await scan(desktop);
	await expect(dialog(desktop).getByRole("button", { name: /Send it by e-mail/ })).toHaveCount(0);
});

test("from the screen into a mail and back again; each new code kills the one before", async ({
	desktop,
	phone,
	mailServer,
	faults,
}) => {
	faults.foresee(/status of 410/);
	const onScreen = await getAsFarAsTheCode(desktop, accounts.anna);
	await dialog(desktop).getByText("Cannot scan?").click();
	await dialog(desktop).getByRole("button", { name: "Send it by e-mail to a…@example.com" }).click();
	await expectHandedOver(desktop);
	const mailed = textLink(await mailServer.waitForMail(anna, codeMail));
	await phone.goto(onScreen);
	await expect(phone.getByRole("main")).toContainText("newer code");
	await openLink(phone, mailed);
	await phone.goto("about:blank");

	await dialog(desktop).getByRole("button", { name: "Show it here instead" }).click();
	const shown = await scan(desktop);
	await phone.goto(mailed);
	await expect(phone.getByRole("main")).toContainText("newer code");
	await openLink(phone, shown);
	await typePairingCode(desktop, await start(phone));
	await expectDone(desktop);
});

test("a second window leaves the code to the mail, and the first says where a newer one is", async ({
	desktop,
	mailServer,
}) => {
	await getAsFarAsTheCode(desktop, accounts.anna);
	await dialog(desktop).getByText("Cannot scan?").click();
	await dialog(desktop)
		.getByRole("button", { name: /Send it by e-mail/ })
		.click();
	await mailServer.waitForMail(anna, codeMail);
	const other = await desktop.context().newPage();
	await other.goto("/");
	await other.getByRole("button", { name: "Continue" }).click();
	await expectHandedOver(other);
	await other.getByRole("button", { name: "Show it here instead" }).click();
	await scan(other);
	await expect(dialog(desktop).getByRole("button", { name: "Show a new code here" })).toBeVisible();
	expect(mailServer.mailsTo(anna)).toHaveLength(1);
});
