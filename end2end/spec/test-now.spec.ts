// Test it now, from the portal and from the phone; and what a phone learns of what is done elsewhere.
import type { Page } from "@playwright/test";
import { accounts } from "../fixture/account.ts";
import { action, haveMobileIdOn, lock, openMobileId, pause } from "../fixture/mobile-id.ts";
import { signIn } from "../fixture/portal.ts";
import { expect, test } from "../fixture/test.ts";

const PASSED = "everything is in order";

/** The mobile IDs on this phone. */
async function openList(phone: Page): Promise<void> {
	await phone.getByRole("button", { name: "Show the mobile IDs on this phone" }).click();
	await expect(phone.getByRole("heading", { name: "Mobile IDs on this phone" })).toBeFocused();
}

test("the phone answers by itself, tests itself, and learns of a pause and a lock", async ({
	server,
	desktop,
	phone,
}) => {
	await haveMobileIdOn(phone, server, accounts.anna);
	await signIn(desktop, accounts.anna);
	await openMobileId(desktop);
	await openList(phone);
	const onPhone = phone.getByRole("main");
	const main = desktop.getByRole("main");

	await action(desktop, "Test it now").click();
	await expect(main).toContainText(PASSED);
	await expect(onPhone).toContainText(PASSED);
	await expect(main.getByText("Signature of the phone: Good")).toHaveCount(1);
	for (const check of ["Chain to the root", "Period of validity", "Status service", "Revocation list"]) {
		await expect(main.getByText(new RegExp(`^${check}.*: Good$`))).toHaveCount(2);
	}
	await expect(main.getByRole("listitem").filter({ hasText: "The mobile ID was tested" })).toBeVisible();
	await expect(action(desktop, "Test it now")).toBeFocused();
	await desktop.reload();
	await expect(main).toContainText(PASSED);

	await phone.reload();
	await expect(onPhone).toContainText("Valid until");
	await expect(onPhone).not.toContainText(PASSED);
	await phone.getByRole("button", { name: "Test it now" }).click();
	await expect(onPhone).toContainText(PASSED);

	await pause(desktop);
	await expect(onPhone).toContainText("Paused since");
	await expect(onPhone).toContainText("If you do not, it is locked for good on");
	await action(desktop, "Test it now").click();
	await expect(main).toContainText("something is not in order");
	await expect(main.getByText("Status service (OCSP): On hold, because it is paused")).toHaveCount(2);
	await expect(main.getByText("Signature of the phone: Good")).toHaveCount(1);
	await expect(onPhone).toContainText("On hold");
	await action(desktop, "Resume").click();
	await expect(onPhone).toContainText("Valid until");

	await lock(desktop, "Replaced");
	await expect(onPhone).toContainText(/Locked since .*: Replaced/);
	await expect(onPhone).toContainText("Get a new one in the portal");
	await expect(phone.getByRole("button", { name: "Test it now" })).toHaveCount(0);
	await phone.getByRole("button", { name: "Remove from this phone" }).click();
	await expect(onPhone).toContainText("cannot be brought back");
	await phone.getByRole("button", { name: "Keep it" }).click();
	await phone.getByRole("button", { name: "Remove from this phone" }).click();
	await phone.getByRole("button", { name: "Remove", exact: true }).click();
	await expect(onPhone).toContainText("There is no mobile ID on this phone yet.");
	await phone.reload();
	await expect(onPhone).toContainText("There is no mobile ID on this phone yet.");
});

test("a test that no phone answers, and a phone without a network", async ({
	server,
	desktop,
	phone,
	faults,
}) => {
	faults.foresee(/ERR_/);
	await haveMobileIdOn(phone, server, accounts.anna);
	await openList(phone);
	await expect(phone.getByRole("main")).toContainText("Valid until");
	await phone.context().setOffline(true);
	await expect(phone.getByRole("main")).toContainText("No connection. This is what was known last.", {
		timeout: 30_000,
	});

	await signIn(desktop, accounts.anna);
	await openMobileId(desktop);
	await action(desktop, "Test it now").click();
	const main = desktop.getByRole("main");
	await expect(main).toContainText(`Open ${server.url}/m on the phone.`);
	await expect(main.getByRole("timer")).toHaveText(/^[45]:\d\d left$/);
	await desktop.reload();
	await expect(main.getByRole("timer"), "a reload goes on waiting").toHaveText(/^[45]:\d\d left$/);
	await server.stop();
	await server.start("6m");
	await expect(main).toContainText("the phone did not answer in time", { timeout: 20_000 });

	await phone.context().setOffline(false);
	await expect(phone.getByRole("main")).not.toContainText("No connection.", { timeout: 30_000 });
	await action(desktop, "Test it now").click();
	await expect(main).toContainText(PASSED, { timeout: 20_000 });
});
