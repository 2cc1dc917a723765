// The mail path as an administrator sees it: a test mail, what became of each mail, each mail with sample data.
import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { accounts } from "../fixture/account.ts";
import { openMail } from "../fixture/console.ts";
import { expect, test } from "../fixture/mail-test.ts";
import { run } from "../fixture/program.ts";

const astrid = "astrid@example.com";
const testMail = /Test mail from Smart ID Self-Service/;

test("a test mail to oneself, in the language that is chosen", async ({ desktop, mailServer }) => {
	await openMail(desktop, accounts.astrid);
	await expect(desktop.getByRole("main")).toContainText("smtp://127.0.0.1");
	await desktop.getByRole("button", { name: "Send a test mail" }).click();
	const mail = await mailServer.waitForMail(astrid, testMail);
	expect(mail.html).toContain('lang="en"');
	const row = desktop.getByRole("row", { name: /Test mail/ });
	await expect(row).toContainText("Handed over");
	await expect(row).toContainText(astrid);

	await desktop
		.getByRole("region", { name: "Test mail" })
		.getByRole("combobox", { name: "Language" })
		.selectOption({ label: "Svenska" });
	await desktop.getByRole("button", { name: "Send a test mail" }).click();
	expect((await mailServer.waitForMail(astrid, /Testmejl/)).html).toContain('lang="sv"');
});

test("a mail that was refused shows the mail server's words, and is tried again on demand", async ({
	desktop,
	mailServer,
}) => {
	mailServer.misbehave("refuse");
	await openMail(desktop, accounts.astrid);
	await desktop.getByRole("button", { name: "Send a test mail" }).click();
	const row = desktop.getByRole("row", { name: /Test mail/ });
	await expect(row).toContainText("Not sent");
	await expect(row).toContainText("No such mailbox here");
	await expect(row).not.toContainText("Handed over");

	await desktop.getByRole("combobox", { name: "Show" }).selectOption({ label: "Handed over" });
	await expect(desktop.getByText("There is no such mail.")).toBeVisible();
	await desktop.getByRole("combobox", { name: "Show" }).selectOption({ label: "Not sent" });
	mailServer.misbehave(undefined);
	await desktop.getByRole("button", { name: `Try again: Test mail to ${astrid}` }).click();
	await mailServer.waitForMail(astrid, testMail);
	await desktop.getByRole("combobox", { name: "Show" }).selectOption({ label: "Handed over" });
	await expect(row).toContainText("Handed over");
	expect(mailServer.mailsTo(astrid)).toHaveLength(1);
});

test("while a mail waits, the page follows it by itself", async ({ desktop, mailServer }) => {
	test.setTimeout(120_000);
	await mailServer.close();
	await openMail(desktop, accounts.astrid);
	await desktop.getByRole("button", { name: "Send a test mail" }).click();
	const row = desktop.getByRole("row", { name: /Test mail/ });
	await expect(row).toContainText("Waiting");
	await expect(row).toContainText(/Next try \d\d:\d\d/);
	await mailServer.open();
	await expect(row).toContainText("Handed over", { timeout: 60_000 });
	expect(mailServer.mailsTo(astrid)).toHaveLength(1);
});

test("more than a page of mails: older ones, and back to the newest", async ({
	server,
	desktop,
	mailServer,
}) => {
	for (let number = 1; number <= 51; number++) {
		await run(server, "mail", "test", `reader-${number}@example.com`);
	}
	await mailServer.waitForMail("reader-51@example.com");
	await openMail(desktop, accounts.astrid);
	await expect(desktop.getByRole("row", { name: /reader-51@/ })).toBeVisible();
	await expect(desktop.getByRole("row", { name: /reader-1@/ })).toHaveCount(0);
	await desktop.getByRole("button", { name: "Older" }).click();
	await expect(desktop.getByRole("row", { name: /reader-1@/ })).toBeVisible();
	await expect(desktop.getByRole("button", { name: "Older" })).toHaveCount(0);
	await desktop.getByRole("button", { name: "Newest" }).click();
	await expect(desktop.getByRole("row", { name: /reader-51@/ })).toBeVisible();
});

test("each mail with sample data in each language", async ({ desktop }) => {
	await openMail(desktop, accounts.astrid);
	const preview = desktop.getByRole("region", { name: "Preview" });
	const html = desktop.frameLocator("iframe");
	const subjects = new Set<string>();
	for (const kind of [
		"Code by e-mail",
		"Mobile ID created",
		"Mobile ID not created",
		"Reminder",
		"Test mail",
	]) {
		await preview.getByRole("combobox", { name: "Mail" }).selectOption({ label: kind });
		for (const [language, code] of [
			["English", "en"],
			["Svenska", "sv"],
			["Deutsch", "de"],
		] as const) {
			await preview.getByRole("combobox", { name: "Language" }).selectOption({ label: language });
			await expect(html.locator("html")).toHaveAttribute("lang", code);
			const subject = preview.locator(`p[lang="${code}"]`);
			await expect(subject).not.toBeEmpty();
			subjects.add((await subject.textContent()) ?? "");
			await expect(preview.getByRole("region", { name: "The same as plain text" })).not.toBeEmpty();
		}
	}
	expect(subjects.size).toBe(15);
});

test("a broken template of one's own is reported, and the built-in one takes its place", async ({
	server,
	desktop,
	mailServer,
}) => {
	const templates = await mkdtemp(path.join(tmpdir(), "templates-"));
	await mkdir(path.join(templates, "en"));
	await writeFile(path.join(templates, "en/test.txt"), "Hello {{ name");
	await writeFile(path.join(templates, "en/test.subject"), "Our own test");
	await server.stop();
	server.environment.SELFSERVICE_MAIL__TEMPLATES = templates;
	await server.start();
	await openMail(desktop, accounts.astrid);
	await expect(desktop.getByRole("main")).toContainText("en/test.txt");
	await desktop.getByRole("button", { name: "Send a test mail" }).click();
	const mail = await mailServer.waitForMail(astrid);
	expect(mail.text).toContain("This is a test");
});

test("without a mail server, the page says that nothing is sent", async ({ server, desktop, faults }) => {
	faults.foresee(/status of 409/);
	await server.stop();
	server.environment.SELFSERVICE_MAIL__URL = "";
	await server.start();
	await openMail(desktop, accounts.astrid);
	await expect(desktop.getByText("No mail is sent")).toBeVisible();
});
