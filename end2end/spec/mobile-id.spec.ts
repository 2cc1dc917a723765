// The menu Mobile ID: the list, one mobile ID with its certificates and history, and what is nobody else's business.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { accounts } from "../fixture/account.ts";
import { obtainMobileId } from "../fixture/mobile-id.ts";
import { fillSignIn, signIn } from "../fixture/portal.ts";
import { expect, test } from "../fixture/test.ts";

test("nobody has a mobile ID at first, and the page says how to get one", async ({ desktop }) => {
	await signIn(desktop, accounts.bertil);
	await desktop.getByRole("link", { name: "Mobile ID", exact: true }).click();
	await expect(desktop.getByRole("heading", { level: 1, name: "Mobile ID" })).toBeFocused();
	await expect(desktop).toHaveTitle(/Mobile ID/);
	await desktop.getByRole("main").getByRole("link").click();
	await expect(desktop.getByRole("button", { name: "Get Mobile ID" })).toBeVisible();
});

test("a mobile ID with its certificates, files and history", async ({ desktop, server }, info) => {
	await obtainMobileId(server, desktop, accounts.bertil);
	await desktop.goto("/mobile-ids");
	await desktop.getByRole("link", { name: /MobileID Bertil/ }).click();
	await expect(desktop).toHaveURL(/\/mobile-ids\/[0-9a-f-]{36}$/);
	await expect(desktop.getByRole("heading", { level: 1 })).toContainText("MobileID Bertil");
	await expect(desktop.getByRole("heading", { name: "Possible actions" })).toBeVisible();

	const row = desktop.getByRole("row", { name: "Authentication" });
	const serial = ((await row.textContent()) ?? "").replace(/\s/g, "").match(/[0-9A-F]{40}/)?.[0];
	for (const [link, form] of [
		[/PEM/, "PEM"],
		[/DER/, "DER"],
	] as const) {
		const download = desktop.waitForEvent("download");
		await row.getByRole("link", { name: link }).click();
		const file = info.outputPath(`certificate.${form}`);
		await (await download).saveAs(file);
		const words = ["x509", "-inform", form, "-in", file, "-noout", "-serial"];
		const { stdout } = await promisify(execFile)("openssl", words);
		expect(stdout.trim()).toBe(`serial=${serial}`);
	}
	const history = desktop.getByRole("main").getByRole("listitem");
	for (const event of [
		"Get Mobile ID was started",
		"A phone opened the link",
		"The certificates were issued",
		"The mobile ID became active",
	]) {
		await expect(history.filter({ hasText: event })).toHaveCount(1);
	}
});

test("the Dashboard shows the current mobile ID, and a new start says that there is one", async ({
	desktop,
	server,
}) => {
	await obtainMobileId(server, desktop, accounts.bertil);
	await desktop.goto("/");
	const main = desktop.getByRole("main");
	await expect(main).toContainText("Active");
	await main.getByRole("button", { name: "Get Mobile ID" }).click();
	await expect(desktop.getByRole("dialog")).toContainText(/already/);
});

test("someone else's mobile ID is not there", async ({ desktop, open, server, faults }) => {
	faults.foresee(/status of (404|401)/);
	await obtainMobileId(server, desktop, accounts.anna);
	await desktop.goto("/mobile-ids");
	await desktop.getByRole("link", { name: /MobileID Anna/ }).click();
	await expect(desktop).toHaveURL(/\/mobile-ids\/./);
	const address = desktop.url();
	const other = await open("desktop");
	await other.goto(address);
	await fillSignIn(other, accounts.bertil);
	await expect(other).toHaveURL(address);
	await expect(other.getByRole("main")).toContainText("There is nothing here");
	await expect(other.getByRole("main")).not.toContainText("Anna");
	// A mobile ID that never was looks the same.
	const theirs = await other.getByRole("main").textContent();
	await other.goto("/mobile-ids/00000000-0000-7000-8000-000000000000");
	await expect(other.getByRole("main")).toHaveText(theirs ?? "");
});

test("an address that does not exist says so and leads back", async ({ desktop, faults }) => {
	faults.foresee(/status of 404/);
	await signIn(desktop, accounts.anna);
	await desktop.goto("/mobile-ids/nonsense");
	await expect(desktop.getByRole("main").getByRole("heading", { level: 1 })).toBeVisible();
	await desktop.getByRole("main").getByRole("link").first().click();
	await expect(desktop.getByRole("heading", { level: 1 })).toBeVisible();
	await expect(desktop).not.toHaveURL(/nonsense/);
});
