// Before a mobile ID ends: a mail on each of the configured days and a banner on the dashboard, until there is a new one.
import { accounts } from "../fixture/account.ts";
import { effectOf, fillScript, openReminders, save, scriptEditor } from "../fixture/console.ts";
import { expect, test } from "../fixture/mail-test.ts";
import { obtainMobileId } from "../fixture/mobile-id.ts";
import { dialog, signIn } from "../fixture/portal.ts";
import { run } from "../fixture/program.ts";

const anna = "anna@example.com";
const reminder = /Your mobile ID expires in/;

// The pages follow the server's clock, and its restarts are part of what is tested.
test.beforeEach(({ faults }) => {
	test.setTimeout(120_000);
	faults.foresee(/ERR_CONNECTION|ERR_EMPTY_RESPONSE|ERR_INCOMPLETE|ERR_SOCKET|ERR_NETWORK|status of 401/);
});

test("a mail and a banner two months before, none twice, and none when there is a new one", async ({
	server,
	desktop,
	open,
	mailServer,
}) => {
	await obtainMobileId(server, desktop, accounts.anna);
	await desktop.goto("/");
	await expect(desktop.getByRole("main")).toContainText("Active");
	await expect(desktop.getByRole("region", { name: "Your mobile ID ends soon" })).toHaveCount(0);

	await server.stop();
	await server.start("675d");
	const mail = await mailServer.waitForMail(anna, reminder);
	expect(mail.text).toContain("MobileID Anna");
	await signIn(desktop, accounts.anna);
	const banner = desktop.getByRole("region", { name: "Your mobile ID ends soon" });
	await expect(banner).toContainText(/Your mobile ID on .+ ends in 5\d days, on \d+ \w+ \d{4}\./);
	await expect(banner).toContainText("Get a new one now: it takes two minutes.");

	// Once more on the same day.
	await server.stop();
	await server.start("675d");
	await run(server, "mail", "test", "last@example.com");
	await mailServer.waitForMail("last@example.com");
	expect(mailServer.mailsTo(anna)).toHaveLength(1);

	await server.stop();
	await server.start("702d");
	await mailServer.waitForMail(anna, reminder);
	await signIn(desktop, accounts.anna);
	await expect(banner).toContainText(/ends in 2\d days/);
	await banner.getByRole("button", { name: "Get Mobile ID" }).click();
	await expect(dialog(desktop)).toContainText("Step 1 of 3");
	await dialog(desktop).getByRole("button", { name: "Cancel" }).click();

	// Renewal is Get Mobile ID again.
	await obtainMobileId(server, await open("desktop"), accounts.anna, "new-phone");
	await desktop.goto("/");
	await expect(desktop.getByRole("main")).toContainText("Active");
	await expect(banner).toHaveCount(0);
	await server.stop();
	await server.start("724d");
	await run(server, "mail", "test", "last@example.com");
	await mailServer.waitForMail("last@example.com");
	expect(mailServer.mailsTo(anna)).toHaveLength(2);
});

test("the administrator decides on which days, and sees the dates before saving", async ({
	server,
	desktop,
	open,
	mailServer,
}) => {
	await openReminders(desktop, accounts.astrid);
	await expect(effectOf(desktop, "Days before the end")).toContainText("60, 30, 14, 7");
	await expect(effectOf(desktop, "Then every day")).toContainText("Yes");
	await expect(desktop.getByRole("heading", { name: "When reminders are sent" })).toBeVisible();

	await fillScript(desktop, "MobileIDEmailBeforeExpiringDays = [0];");
	await expect(desktop.getByRole("button", { name: "Save…" })).toHaveAccessibleDescription(
		"Correct the faults first.",
	);
	await fillScript(
		desktop,
		"MobileIDEmailBeforeExpiringDays = [90];\nMobileIDEmailBeforeExpiringEachDay = false;",
	);
	await expect(effectOf(desktop, "Days before the end")).toContainText("90");
	await expect(effectOf(desktop, "Then every day")).toContainText("No");
	await expect(desktop.getByRole("listitem").filter({ hasText: /^\d+ \w+ \d{4}$/ })).toHaveCount(1);
	await save(desktop, "Once, three months before", "Save the reminders");
	await desktop.getByRole("link", { name: "Versions" }).click();
	await expect(desktop.getByRole("row", { name: /Version 2.*in force/ })).toBeVisible();
	await desktop.getByRole("link", { name: "Back to the script" }).click();
	await expect(scriptEditor(desktop)).toHaveValue(/\[90\]/);

	const user = await open("desktop");
	await obtainMobileId(server, user, accounts.anna);
	await server.stop();
	await server.start("645d");
	await mailServer.waitForMail(anna, reminder);
	await signIn(user, accounts.anna);
	await expect(user.getByRole("region", { name: "Your mobile ID ends soon" })).toContainText(
		/ends in 8\d days/,
	);
});
