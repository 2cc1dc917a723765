// Mails about the outcome: whom they reach, what they let one do, and that none is lost.
import { accounts } from "../fixture/account.ts";
import { actionLink } from "../fixture/mail.ts";
import { expect, test } from "../fixture/mail-test.ts";
import { obtainMobileId } from "../fixture/mobile-id.ts";
import { addToOptions } from "../fixture/options.ts";
import { openLink } from "../fixture/phone.ts";
import { getAsFarAsTheCode, signIn } from "../fixture/portal.ts";
import { run } from "../fixture/program.ts";

const anna = "anna@example.com";

test("a mobile ID was created: the mail says so, and its link locks it after a question", async ({
	server,
	desktop,
	open,
	mailServer,
}) => {
	await addToOptions(server, 'notify = "both";');
	await obtainMobileId(server, desktop, accounts.anna);
	const mail = await mailServer.waitForMail(anna, /Your mobile ID is ready/);
	expect(mail.text).toContain("MobileID Anna");

	const reader = await open("pixel");
	await reader.goto(actionLink(mail));
	await expect(reader.getByRole("heading", { level: 1, name: "Lock this mobile ID?" })).toBeVisible();
	await expect(reader.getByRole("main")).toContainText("cannot be unlocked");
	await desktop.goto("/mobile-ids");
	const row = desktop.getByRole("link", { name: /MobileID Anna/ });
	await expect(row).toContainText("Active");

	await reader.getByRole("button", { name: "Lock this mobile ID" }).click();
	await expect(reader.getByRole("heading", { level: 1, name: "The mobile ID is locked" })).toBeFocused();
	await desktop.reload();
	await expect(row).toContainText("Locked");
	await row.click();
	for (const usage of ["Authentication", "Signature"]) {
		const certificate = desktop.getByRole("row", { name: usage });
		await expect(certificate.getByText("Revoked", { exact: true })).toHaveCount(2);
	}
	await reader.reload();
	await expect(reader.getByRole("heading", { level: 1, name: "The mobile ID is locked" })).toBeVisible();
	await expect(reader.getByRole("button", { name: /Lock/ })).toHaveCount(0);
});

test("it did not work: the mail says why, and that nothing is left half-done", async ({
	server,
	desktop,
	phone,
	mailServer,
	faults,
}) => {
	faults.foresee(/status of 410/);
	await addToOptions(server, 'notify = "failure";');
	await openLink(phone, await getAsFarAsTheCode(desktop, accounts.anna));
	await phone.getByRole("button", { name: "I did not ask for this" }).click();
	const mail = await mailServer.waitForMail(anna, /was not set up/);
	expect(mail.text).toContain("cancelled on the phone");
	expect(mail.text).toContain("Nothing was left half-done");
	expect(mailServer.mailsTo(anna)).toHaveLength(1);
});

test("who is notified of nothing gets nothing", async ({ server, desktop, mailServer }) => {
	await addToOptions(server, 'notify = "none";');
	await obtainMobileId(server, desktop, accounts.anna);
	// Mails leave in the order they were written: one for Anna would have come before this one.
	await run(server, "mail", "test", "last@example.com");
	await mailServer.waitForMail("last@example.com");
	expect(mailServer.mailsTo(anna)).toHaveLength(0);
});

test("a mail server that is down all the while: the mail comes later, and once", async ({
	server,
	desktop,
	mailServer,
}) => {
	test.setTimeout(120_000);
	await addToOptions(server, 'notify = "both";');
	await mailServer.close();
	await obtainMobileId(server, desktop, accounts.anna);
	await server.kill();
	await mailServer.open();
	await server.start();
	await mailServer.waitForMail(anna, /Your mobile ID is ready/, 60_000);
	await run(server, "mail", "test", "last@example.com");
	await mailServer.waitForMail("last@example.com");
	expect(mailServer.mailsTo(anna)).toHaveLength(1);
});

test("mails speak the language of the page", async ({ server, desktop, open, mailServer }) => {
	await addToOptions(server, "showQRCode = false;");
	const swedish = await open("desktop", { locale: "sv-SE" });
	await swedish.goto("/sign-in");
	await swedish.getByLabel("Användarnamn").fill(accounts.anna.userName);
	await swedish.getByLabel("Lösenord").fill(accounts.anna.password);
	await swedish.getByRole("button", { name: "Logga in" }).click();
	await swedish.getByRole("main").getByRole("button", { name: "Skaffa mobilt ID" }).click();
	await swedish.getByRole("dialog").getByRole("button", { name: "Nästa" }).click();
	expect((await mailServer.waitForMail(anna)).html).toContain('lang="sv"');

	await signIn(desktop, accounts.bertil);
	const kept = desktop.waitForResponse((answer) => answer.url().endsWith("/api/session/language"));
	await desktop.getByRole("combobox", { name: "Language" }).selectOption("de");
	expect((await kept).ok()).toBe(true);
	await desktop.getByRole("main").getByRole("button", { name: "Mobile ID holen" }).click();
	await desktop.getByRole("dialog").getByRole("button", { name: "Weiter" }).click();
	expect((await mailServer.waitForMail("bertil@example.com")).html).toContain('lang="de"');
});
