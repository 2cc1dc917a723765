// A new phone: the mobile ID on the old one is locked inside the dialog, and both are told of whatever happens next.
import { accounts } from "../fixture/account.ts";
import { haveMobileId, lock, openMobileId } from "../fixture/mobile-id.ts";
import { expectInstalled, openLink, start } from "../fixture/phone.ts";
import {
	dialog,
	expectDone,
	showCode,
	signIn,
	startGetMobileId,
	typePairingCode,
} from "../fixture/portal.ts";
import { expect, test } from "../fixture/test.ts";

test("the earlier one is locked and the new one made; a Next that fails loses no choice", async ({
	server,
	desktop,
	phone,
	faults,
}) => {
	faults.foresee(/ERR_INTERNET_DISCONNECTED/);
	await haveMobileId(server, accounts.anna);
	await signIn(desktop, accounts.anna);
	const step = await startGetMobileId(desktop);
	await expect(step).toContainText("You already have an active mobile ID on");
	await expect(step.getByLabel("Keep it too")).toBeChecked();
	await step.getByLabel("Lock it now and go on").check();
	await expect(step).toContainText("It stops working when you choose Next");
	await expect(step.getByLabel("Replaced")).toBeChecked();
	await step.getByLabel("Damaged").check();

	await desktop.context().setOffline(true);
	await step.getByRole("button", { name: "Next" }).click();
	await expect(step).toContainText("The server cannot be reached.");
	await expect(step.getByLabel("Damaged")).toBeChecked();
	await desktop.context().setOffline(false);

	const link = await showCode(desktop);
	await expect(dialog(desktop)).toContainText(/Your earlier mobile ID on .* is locked\./);
	await openLink(phone, link);
	await typePairingCode(desktop, await start(phone));
	await expectInstalled(phone);
	await expectDone(desktop);
	await expect(dialog(desktop)).toContainText(/Your earlier mobile ID on .* is locked\./);

	await desktop.goto("/mobile-ids");
	const rows = desktop.getByRole("main").getByRole("listitem");
	await expect(rows.nth(0)).toContainText("Active");
	await expect(rows.nth(1)).toContainText("Locked");
	await rows.nth(1).getByRole("link").click();
	await expect(desktop.getByRole("definition").filter({ hasText: "Damaged" })).toBeVisible();
});

test("the choice to lock holds for no other mobile ID than the one that it was made for", async ({
	server,
	desktop,
}) => {
	await haveMobileId(server, accounts.anna, "older");
	await haveMobileId(server, accounts.anna);
	await signIn(desktop, accounts.anna);
	const step = await startGetMobileId(desktop);
	await step.getByLabel("Lock it now and go on").check();
	const other = await desktop.context().newPage();
	await openMobileId(other);
	await lock(other, "Lost");
	await expect(step.getByLabel("Keep it too")).toBeChecked();
	await showCode(desktop);
	await other.goto("/mobile-ids");
	const rows = other.getByRole("main").getByRole("listitem");
	await expect(rows.nth(0)).toContainText("Locked");
	await expect(rows.nth(1)).toContainText("Active");
});

test("where the new one fails, the state of both is told", async ({ server, desktop, phone }) => {
	await haveMobileId(server, accounts.anna);
	await signIn(desktop, accounts.anna);
	const decline = async (link: string) => {
		await phone.goto("about:blank");
		await openLink(phone, link);
		await phone.getByRole("button", { name: "I did not ask for this" }).click();
		await expect(dialog(desktop)).toContainText("This was cancelled on the phone.");
	};

	await startGetMobileId(desktop);
	await decline(await showCode(desktop));
	await expect(dialog(desktop)).toContainText(/Your mobile ID on .* works as before\./);

	await dialog(desktop).getByRole("button", { name: "Try again" }).click();
	await dialog(desktop).getByLabel("Lock it now and go on").check();
	const link = await showCode(desktop);
	await dialog(desktop).getByRole("button", { name: "Cancel" }).click();
	await expect(dialog(desktop)).toContainText("Your earlier mobile ID is locked already and stays so.");
	await dialog(desktop).getByRole("button", { name: "Go on" }).click();
	await decline(link);
	await expect(dialog(desktop)).toContainText(/is locked and stays so\. No new one was made/);

	await dialog(desktop).getByRole("button", { name: "Try again" }).click();
	await expect(dialog(desktop)).toContainText("Step 1 of 3");
	await expect(dialog(desktop)).not.toContainText("already have");
});
