// Earlier encryption certificates: chosen, approved by a second person, recovered to the new phone; and what becomes
// of the encryption certificate of a mobile ID that is locked.
import type { Page } from "@playwright/test";
import { expectAccessible, expectNoSidewaysScroll } from "../fixture/accessibility.ts";
import { accounts } from "../fixture/account.ts";
import { action, haveMobileId, openMobileId, question } from "../fixture/mobile-id.ts";
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
import {
	ask,
	boxes,
	decide,
	haveEarlier,
	issueEncryption,
	openRecoveries,
	request,
} from "../fixture/recovery.ts";
import type { Server } from "../fixture/server.ts";
import { expect, test } from "../fixture/test.ts";

const approval = "recoveryNeedsApproval = true;";
const anna = /anna/;

/** From the code on the screen to the last step. */
async function finish(server: Server, desktop: Page, name = "new"): Promise<void> {
	const phone = headlessPhone(server, await showCode(desktop), name);
	await expect(pairingField(desktop)).toBeVisible();
	await typePairingCode(desktop, await phone.pairingCode);
	await phone.finished;
	await expectDone(desktop);
}

/** On the mobile ID's page. */
function recoveredRows(desktop: Page) {
	return desktop.getByRole("table", { name: "Recovered" }).getByRole("row", { name: "Encryption" });
}

test("the user's choice of earlier certificates survives a reload and reaches the phone", async ({
	server,
	desktop,
}) => {
	test.setTimeout(120_000);
	await haveEarlier(server, accounts.anna, 3);
	await issueEncryption(server, "user selects");
	await signIn(desktop, accounts.anna);
	await startGetMobileId(desktop);
	await expect(boxes(desktop)).toHaveCount(3);
	await expect(dialog(desktop)).toContainText("Revoked ones stay revoked");
	await boxes(desktop).nth(0).check();
	await boxes(desktop).nth(1).uncheck();
	await boxes(desktop).nth(2).check();
	await desktop.reload();
	await expect(boxes(desktop).nth(1)).not.toBeChecked();
	await expect(boxes(desktop).nth(0)).toBeChecked();
	await expect(boxes(desktop).nth(2)).toBeChecked();

	await finish(server, desktop);
	await expect(dialog(desktop).getByRole("heading", { name: "Recovered" })).toBeVisible();
	await expect(dialog(desktop).getByRole("list").last().getByRole("listitem")).toHaveCount(2);
	await dialog(desktop).getByRole("button", { name: "Next" }).click();
	await expect(recoveredRows(desktop)).toHaveCount(2);
	await expect(
		desktop.getByRole("table", { name: "Certificates" }).getByRole("row", { name: "Encryption" }),
	).toHaveCount(1);
	await expect(
		desktop.getByRole("listitem").filter({ hasText: "An earlier encryption key was recovered" }),
	).not.toHaveCount(0);
});

test("none of them is a choice too", async ({ server, desktop }) => {
	await haveEarlier(server, accounts.anna, 1);
	await issueEncryption(server, "user selects");
	await signIn(desktop, accounts.anna);
	await startGetMobileId(desktop);
	await boxes(desktop).first().check();
	await boxes(desktop).first().uncheck();
	await finish(server, desktop);
	await expect(dialog(desktop).getByRole("heading", { name: "Recovered" })).toHaveCount(0);
	await dialog(desktop).getByRole("button", { name: "Next" }).click();
	await expect(desktop.getByRole("table", { name: "Certificates" })).toBeVisible();
	await expect(recoveredRows(desktop)).toHaveCount(0);
});

for (const [recover, sentence, count] of [
	["all", "Your organisation recovers all of them.", 2],
	["newest", "Your organisation recovers the newest one.", 1],
] as const) {
	test(`where the organisation recovers ${recover}, it is said and done`, async ({ server, desktop }) => {
		test.setTimeout(120_000);
		await haveEarlier(server, accounts.anna, 2);
		await issueEncryption(server, recover);
		// A revoked one is recovered too, and stays revoked.
		await signIn(desktop, accounts.anna);
		await openMobileId(desktop);
		await action(desktop, "Lock…").click();
		const asked = question(desktop, "Lock this mobile ID?");
		await asked.getByLabel("Stolen").check();
		await asked.getByRole("button", { name: "Lock for good" }).click();
		await expect(desktop.getByRole("status").filter({ hasText: "Locked for good" })).toBeFocused();

		await desktop.goto("/");
		const step = await startGetMobileId(desktop);
		await expect(step).toContainText(sentence);
		await expect(step.getByRole("checkbox", { name: / – / })).toHaveCount(0);
		await finish(server, desktop);
		await dialog(desktop).getByRole("button", { name: "Next" }).click();
		await expect(recoveredRows(desktop)).toHaveCount(count);
		await expect(recoveredRows(desktop).first().getByText("Revoked", { exact: true }).first()).toBeVisible();
	});
}

test("the operator approves while the dialog waits, and Next goes on", async ({ server, desktop, open }) => {
	test.setTimeout(120_000);
	await haveEarlier(server, accounts.anna, 1);
	await issueEncryption(server, "all", approval);
	const operator = await open("desktop");
	await openRecoveries(operator, accounts.olga);
	await expect(operator.getByRole("navigation").getByRole("link")).toHaveText(["Recoveries"]);
	await expect(operator.getByRole("main")).toContainText("Nobody is waiting.");

	await signIn(desktop, accounts.anna);
	await startGetMobileId(desktop);
	await ask(desktop);
	await expect(dialog(desktop).getByRole("button", { name: "Next" })).toHaveCount(0);
	// It comes by itself.
	await expect(request(operator, anna)).toBeVisible({ timeout: 15_000 });
	await request(operator, anna).getByRole("button", { name: "Approve" }).click();
	await expect(request(operator, anna).getByLabel("Reason")).toHaveAccessibleDescription(
		/Say in a few words why/,
	);
	await decide(operator, anna, "Approve", "Met her in person.");

	await expect(dialog(desktop).getByRole("heading", { name: /The recovery is approved\./ })).toBeFocused();
	await expect(dialog(desktop)).toContainText("Met her in person.");
	await finish(server, desktop);
	await expect(dialog(desktop).getByRole("heading", { name: "Recovered" })).toBeVisible();
	const decided = operator.getByRole("region", { name: "Decided" }).getByRole("article").first();
	await expect(decided).toContainText("olga");
	await expect(decided).toContainText("Met her in person.");
});

test("a refusal says why; the wait can be left, asked anew, and gone on without", async ({
	server,
	desktop,
	open,
}) => {
	test.setTimeout(120_000);
	await haveEarlier(server, accounts.anna, 1);
	await issueEncryption(server, "all", approval);
	await signIn(desktop, accounts.anna);
	await startGetMobileId(desktop);
	await ask(desktop);
	await dialog(desktop).getByRole("button", { name: "Close" }).click();
	const operator = await open("desktop");
	await openRecoveries(operator, accounts.olga);
	await decide(operator, anna, "Refuse", "Come by with your badge.");

	await desktop.getByRole("button", { name: "Continue" }).click();
	await expect(dialog(desktop)).toContainText("The recovery was refused.");
	await expect(dialog(desktop)).toContainText("Come by with your badge.");
	await dialog(desktop).getByRole("button", { name: "Ask again" }).click();
	await expect(dialog(desktop).getByRole("heading", { name: "Waiting for approval" })).toBeVisible();
	await desktop.reload();
	await dialog(desktop).getByRole("button", { name: "Go on without" }).click();
	await expect(dialog(desktop)).toContainText("Step 2 of 3");
	await expect(request(operator, anna)).toHaveCount(0, { timeout: 15_000 });
});

test("the second to decide is told that somebody was faster, and nobody decides for themselves", async ({
	server,
	desktop,
	open,
	faults,
}) => {
	test.setTimeout(120_000);
	// The operator's list, which is kept from asking for what is new.
	faults.foresee(/ERR_BLOCKED_BY_CLIENT.*\/api\/admin\/recoveries/);
	await haveEarlier(server, accounts.anna, 1);
	await haveEarlier(server, accounts.olga, 1);
	await issueEncryption(server, "all", approval);
	await signIn(desktop, accounts.anna);
	await startGetMobileId(desktop);
	await ask(desktop);

	const operator = await open("desktop");
	await signIn(operator, accounts.olga);
	await startGetMobileId(operator);
	await ask(operator);
	await dialog(operator).getByRole("button", { name: "Close" }).click();
	await operator.getByRole("banner").locator("summary").click();
	await operator.getByRole("link", { name: "Administration" }).click();
	await expect(operator).toHaveURL(/\/admin\/recoveries$/);
	await expect(request(operator, /olga/)).toContainText("This is your own request");
	await expect(request(operator, /olga/).getByRole("button")).toHaveCount(0);

	await request(operator, anna).getByLabel("Reason").fill("Half a sentence");
	const administrator = await open("desktop");
	await openRecoveries(administrator, accounts.astrid);
	await operator.route("**/api/admin/recoveries", (route) => route.abort("blockedbyclient"));
	await decide(administrator, anna, "Approve", "First.");
	await expect(request(operator, anna).getByLabel("Reason")).toHaveValue("Half a sentence");
	await operator.unroute("**/api/admin/recoveries");
	await operator.bringToFront();
	await expect(request(operator, anna)).toHaveCount(0, { timeout: 15_000 });

	await operator.goto("/admin/options");
	await expect(operator.getByRole("heading", { level: 1, name: "For administrators" })).toBeVisible();
});

test.describe("with little time to decide", () => {
	test.use({ settings: { SELFSERVICE_RECOVERY__APPROVAL_SECONDS: "8" } });

	test("a request that nobody decides on lapses before one's eyes", async ({ server, desktop }) => {
		test.setTimeout(120_000);
		await haveEarlier(server, accounts.anna, 1);
		await issueEncryption(server, "all", approval);
		await signIn(desktop, accounts.anna);
		await startGetMobileId(desktop);
		await ask(desktop);
		await expect(dialog(desktop)).toContainText("Nobody decided on the recovery in time.", {
			timeout: 90_000,
		});
		await expect(dialog(desktop).getByRole("button", { name: "Ask again" })).toBeVisible();
	});
});

test("a lock asks what becomes of the encryption certificate, and the page is true to it", async ({
	server,
	desktop,
}) => {
	await issueEncryption(server, "off");
	await haveMobileId(server, accounts.anna);
	await signIn(desktop, accounts.anna);
	await openMobileId(desktop);
	await action(desktop, "Lock…").click();
	const asked = question(desktop, "Lock this mobile ID?");
	await expect(asked.getByLabel("Revoke it too")).toHaveCount(0);
	await asked.getByLabel("Stolen").check();
	await expect(asked.getByLabel("Revoke it too")).toBeChecked();
	await asked.getByLabel("Damaged").check();
	await expect(asked.getByLabel("Keep it valid")).toBeChecked();
	await asked.getByLabel("Revoke it too").check();
	await asked.getByLabel("Replaced").check();
	await expect(asked.getByLabel("Revoke it too"), "what the user said stays").toBeChecked();
	await asked.getByLabel("Keep it valid").check();
	await asked.getByRole("button", { name: "Lock for good" }).click();
	await expect(desktop.getByRole("status").filter({ hasText: "Locked for good" })).toBeFocused();
	await expect(desktop.getByRole("main")).toContainText("Its encryption certificate stays valid");
	const row = desktop.getByRole("row", { name: "Encryption" });
	await expect(row.getByText("Valid", { exact: true })).toHaveCount(2);
	for (const usage of ["Authentication", "Signature"]) {
		await expect(desktop.getByRole("row", { name: usage }).getByText("Revoked", { exact: true })).toHaveCount(
			2,
		);
	}
});

test("replacing says what becomes of the encryption certificate, for each reason", async ({
	server,
	desktop,
}) => {
	await issueEncryption(server, "off");
	await haveMobileId(server, accounts.anna);
	await signIn(desktop, accounts.anna);
	const step = await startGetMobileId(desktop);
	await step.getByLabel("Lock it now and go on").check();
	await expect(step).toContainText("that stays valid");
	await step.getByLabel("Stolen").check();
	await expect(step).toContainText("that is revoked too");
});

for (const [language, next, without] of [
	["en", "Next", "Go on without"],
	["de", "Weiter", "Ohne weitermachen"],
] as const) {
	test(`every step of a recovery at 320 px, ${language}`, async ({ server, open }) => {
		test.setTimeout(180_000);
		await haveEarlier(server, accounts.anna, 8);
		await issueEncryption(server, "user selects", approval);
		const small = { viewport: { width: 320, height: 640 }, locale: language };
		const desktop = await open("desktop", small);
		const operator = await open("desktop", { ...small, colorScheme: "dark" });
		const look = async (page: Page, screen: string) => {
			await expectAccessible(page, screen);
			await expectNoSidewaysScroll(page, screen);
		};
		await desktop.addInitScript((tag) => localStorage.setItem("language", tag), language);
		await operator.addInitScript((tag) => localStorage.setItem("language", tag), language);

		await desktop.goto("/sign-in");
		await desktop.locator("#user-name").fill(accounts.anna.userName);
		await desktop.locator("input[type=password]").fill(accounts.anna.password);
		await desktop.keyboard.press("Enter");
		await desktop.locator(".card-action").click();
		const step = desktop.getByRole("dialog");
		await expect(step.getByRole("checkbox").first()).toBeVisible();
		await look(desktop, `${language}: the choice`);
		const all = { en: "All", de: "Alle" }[language];
		await step.getByRole("button", { name: all, exact: true }).click();
		await expect(step.getByRole("checkbox", { checked: true, name: / – / })).toHaveCount(8);
		await step.getByRole("button", { name: next }).click();
		await expect(step.getByRole("button", { name: without })).toBeVisible();
		await look(desktop, `${language}: the wait`);

		await operator.goto("/admin/recoveries");
		await operator.locator("#user-name").fill(accounts.olga.userName);
		await operator.locator("input[type=password]").fill(accounts.olga.password);
		await operator.keyboard.press("Enter");
		await expect(operator.getByRole("article", { name: anna })).toBeVisible();
		await look(operator, `${language}: the requests`);
		await operator.getByRole("article", { name: anna }).getByRole("textbox").fill("No.");
		await operator.getByRole("article", { name: anna }).getByRole("button").last().click();
		await expect(step.getByText("No.", { exact: true })).toBeVisible();
		await look(desktop, `${language}: refused`);
		await look(operator, `${language}: decided`);
		await step.getByRole("button", { name: without }).click();
		await expect(step.getByRole("img", { name: /QR/ })).toBeVisible();
	});
}

test("a new code for a recovery takes the password once more", async ({ server, desktop, faults }) => {
	faults.foresee(/ERR_|status of 403/);
	await haveEarlier(server, accounts.anna, 1);
	await issueEncryption(server, "all");
	await signIn(desktop, accounts.anna);
	await startGetMobileId(desktop);
	await showCode(desktop);
	await server.stop();
	await server.start("6m");
	await dialog(desktop).getByRole("button", { name: "New code" }).click();
	await expect(dialog(desktop).getByLabel("Password")).toBeFocused();
	await expectAccessible(desktop, "a new code asks for the password");
	await dialog(desktop).getByLabel("Password").fill(accounts.anna.password);
	await dialog(desktop).getByRole("button", { name: "New code" }).click();
	await expect(dialog(desktop).getByLabel("Password")).toHaveCount(0);
	await finish(server, desktop);
});
