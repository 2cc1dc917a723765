// What its owner does with a mobile ID: lock, pause, resume, delete; and what goes wrong meanwhile.
import { accounts } from "../fixture/account.ts";
import { tabTo } from "../fixture/keyboard.ts";
import {
	action,
	expectTold,
	haveMobileId,
	lock,
	openMobileId,
	pause,
	question,
} from "../fixture/mobile-id.ts";
import { fillSignIn, signIn } from "../fixture/portal.ts";
import { expect, test } from "../fixture/test.ts";

test("I lost my phone: with the keyboard alone to a mobile ID that is locked, and then deleted", async ({
	server,
	desktop,
}) => {
	await haveMobileId(server, accounts.anna);
	await signIn(desktop, accounts.anna);
	await expect(desktop.getByRole("main")).toContainText("valid until");
	await tabTo(desktop, "I lost my phone");
	await desktop.keyboard.press("Enter");

	const dialog = question(desktop, "Lock this mobile ID?");
	await expect(dialog.getByLabel("Lost", { exact: true })).toBeChecked();
	await expect(dialog).toContainText("It stops working at once, everywhere, and cannot be unlocked.");
	await expect(dialog).toContainText("Whoever finds the phone can do nothing with it.");
	await expect(dialog.getByRole("button", { name: "Pause it instead" })).toBeVisible();
	await dialog.getByLabel("Lost", { exact: true }).focus();
	await desktop.keyboard.press("ArrowDown");
	await expect(dialog.getByLabel("Stolen")).toBeChecked();
	await expect(dialog).toContainText("Report the theft");
	await tabTo(desktop, "Lock for good");
	await desktop.keyboard.press("Enter");

	await expectTold(desktop, "Locked for good");
	const main = desktop.getByRole("main");
	await expect(main.getByText("Locked", { exact: true })).toBeVisible();
	await expect(main.getByRole("definition").filter({ hasText: "Stolen" })).toBeVisible();
	for (const usage of ["Authentication", "Signature"]) {
		const row = desktop.getByRole("row", { name: usage });
		await expect(row.getByText("Revoked", { exact: true })).toHaveCount(2);
	}
	await expect(main.getByRole("listitem").filter({ hasText: "The mobile ID was locked" })).toBeVisible();
	await expect(action(desktop, /^(Pause|Lock…|Resume|Test it now)$/)).toHaveCount(0);
	await desktop.reload();
	await expect(action(desktop, "Delete…")).toBeVisible();
	await expect(desktop.getByRole("dialog"), "a reload asks nothing").toHaveCount(0);

	await desktop.goto("/");
	await expect(desktop.getByRole("main")).toContainText("locked since");
	await expect(desktop.getByRole("link", { name: "I lost my phone" })).toHaveCount(0);

	await openMobileId(desktop);
	await action(desktop, "Delete…").click();
	await question(desktop, "Delete this mobile ID?").getByRole("button", { name: "Keep it" }).click();
	await expect(action(desktop, "Delete…")).toBeFocused();
	await action(desktop, "Delete…").click();
	await question(desktop, "Delete this mobile ID?").getByRole("button", { name: "Delete it" }).click();
	await expectTold(desktop, "Deleted from your list.");
	await desktop.getByRole("link", { name: "Back to the list" }).click();
	await expect(desktop.getByRole("main")).toContainText("You have no mobile ID yet.");
});

test("paused, resumed with an old sign-in, and two windows that see what the other did", async ({
	server,
	desktop,
	faults,
}) => {
	faults.foresee(/ERR_|status of (401|403|409)/);
	await haveMobileId(server, accounts.anna);
	await signIn(desktop, accounts.anna);
	await openMobileId(desktop);
	const other = await desktop.context().newPage();
	await other.goto(desktop.url());
	await expect(action(other, "Pause")).toBeVisible();

	await action(desktop, "Lock…").click();
	await question(desktop, "Lock this mobile ID?").getByLabel("Lost", { exact: true }).check();
	await desktop.getByRole("button", { name: "Pause it instead" }).click();
	const dialog = question(desktop, "Pause this mobile ID?");
	await expect(dialog).toContainText("nobody signs in or signs with it until you resume it here");
	await dialog.getByRole("button", { name: "Pause it" }).dblclick();
	await expectTold(desktop, "Paused.");
	const main = desktop.getByRole("main");
	await expect(main.getByRole("definition").filter({ hasText: /^you$/ })).toBeVisible();
	await expect(main).toContainText("Will be locked");
	await expect(desktop.getByRole("row", { name: "Signature" }).getByText("On hold")).toHaveCount(2);
	const paused = main.getByRole("listitem").filter({ hasText: "The mobile ID was paused" });
	await expect(paused, "a double click is one click").toHaveCount(1);

	await pause(other);
	await expect(action(other, "Resume")).toBeVisible();
	await other.goto("/");
	await expect(other.getByRole("main")).toContainText(/paused since .*, locked for good on/);
	await openMobileId(other);

	await server.stop();
	await server.start("6m");
	await action(desktop, "Resume").click();
	const again = question(desktop, "Resume this mobile ID?");
	await expect(again.getByLabel("Password")).toBeFocused();
	await desktop.keyboard.press("Escape");
	await action(desktop, "Lock…").click();
	const locking = question(desktop, "Lock this mobile ID?");
	await expect(locking.getByLabel("Lost", { exact: true })).toBeVisible();
	await expect(locking.getByLabel("Password"), "a lock asks for no password").toHaveCount(0);
	await desktop.keyboard.press("Escape");
	await action(desktop, "Resume").click();
	await expect(again.getByLabel("Password"), "it asks again").toBeFocused();
	await again.getByLabel("Password").fill("wrong");
	await again.getByRole("button", { name: "Resume" }).click();
	await expect(again.getByLabel("Password")).toHaveAccessibleDescription(/not your password/);
	await again.getByLabel("Password").fill(accounts.anna.password);
	await again.getByRole("button", { name: "Resume" }).click();
	await expectTold(desktop, "It works again.");
	await expect(main.getByText("Active", { exact: true })).toBeVisible();
	await expect(desktop.getByRole("row", { name: "Signature" }).getByText("Valid")).toHaveCount(2);

	await lock(desktop, "Damaged");
	await action(other, "Resume").click();
	await expectTold(other, "locked or expired, for good");
	await expect(action(other, "Delete…")).toBeVisible();
});

test("a dialog keeps what was chosen without a network, and signed out one comes back to the same page", async ({
	server,
	desktop,
	faults,
}) => {
	faults.foresee(/ERR_INTERNET_DISCONNECTED|status of 401/);
	await haveMobileId(server, accounts.anna);
	await signIn(desktop, accounts.anna);
	await openMobileId(desktop);
	const address = desktop.url();

	await action(desktop, "Lock…").click();
	const dialog = question(desktop, "Lock this mobile ID?");
	await dialog.getByRole("button", { name: "Lock for good" }).click();
	await expect(dialog).toContainText("Choose one of the reasons.");
	await expect(dialog.getByLabel("Lost", { exact: true })).toBeFocused();
	await dialog.getByLabel("No longer needed").check();
	await desktop.context().setOffline(true);
	await dialog.getByRole("button", { name: "Lock for good" }).click();
	await expect(dialog).toContainText("The server cannot be reached.");
	await expect(dialog.getByLabel("No longer needed")).toBeChecked();
	await desktop.context().setOffline(false);
	await desktop.keyboard.press("Escape");
	await expect(dialog).toBeHidden();
	await expect(action(desktop, "Lock…")).toBeFocused();

	await desktop.context().clearCookies();
	await action(desktop, "Pause").click();
	await question(desktop, "Pause this mobile ID?").getByRole("button", { name: "Pause it" }).click();
	await fillSignIn(desktop, accounts.anna);
	await expect(desktop).toHaveURL(address);
	await expect(desktop.getByRole("main").getByText("Active", { exact: true })).toBeVisible();
});
