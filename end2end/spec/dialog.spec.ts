// The dialog's own rules: what Next, Cancel, Escape and the keyboard do, and what wrong codes lead to.
import { accounts } from "../fixture/account.ts";
import { tabTo } from "../fixture/keyboard.ts";
import { openLink, start } from "../fixture/phone.ts";
import {
	dialog,
	expectDone,
	getAsFarAsTheCode,
	pairingField,
	scan,
	showCode,
	signIn,
	startGetMobileId,
	typePairingCode,
} from "../fixture/portal.ts";
import { expect, test } from "../fixture/test.ts";

function otherThan(code: string): string {
	return code === "111111" ? "222222" : "111111";
}

test("Next before the phone is ready says so and stays", async ({ desktop, faults }) => {
	faults.foresee(/status of (409|422)/);
	await getAsFarAsTheCode(desktop, accounts.anna);
	await dialog(desktop).getByRole("button", { name: "Next" }).click();
	await expect(dialog(desktop)).toContainText(/not ready yet/);
	await expect(dialog(desktop)).toContainText("Step 2 of 3");
});

test("Next without the pairing code says what is missing, stays, and puts the cursor there", async ({
	desktop,
	phone,
	faults,
}) => {
	faults.foresee(/status of 422/);
	await openLink(phone, await getAsFarAsTheCode(desktop, accounts.anna));
	await start(phone);
	for (const [typed, said] of [
		["", /six digits/],
		["12 34", /six digits/],
		["abcdef", /six digits/],
	] as const) {
		await typePairingCode(desktop, typed);
		await expect(pairingField(desktop)).toHaveAccessibleDescription(said);
		await expect(pairingField(desktop)).toBeFocused();
		await expect(pairingField(desktop)).toHaveValue(typed);
	}
	await expect(dialog(desktop)).toContainText("Step 2 of 3");
});

test("the fifth wrong pairing code ends the process, on both screens", async ({ desktop, phone, faults }) => {
	faults.foresee(/status of (409|410|422)/);
	await openLink(phone, await getAsFarAsTheCode(desktop, accounts.anna));
	const wrong = otherThan(await start(phone));
	for (const left of [4, 3, 2, 1]) {
		await typePairingCode(desktop, wrong);
		await expect(pairingField(desktop)).toHaveAccessibleDescription(new RegExp(`${left}`));
	}
	await typePairingCode(desktop, wrong);
	await expect(dialog(desktop)).toContainText(/too often|five times/);
	await expect(phone.getByRole("heading", { level: 1 })).not.toContainText("Type this code");
	await expect(phone.getByRole("main")).toContainText(/too often|five times/);
	await dialog(desktop).getByRole("button", { name: "Try again" }).click();
	await expect(dialog(desktop)).toContainText(/Step [12] of 3/);
});

test("a wrong code, then the right one", async ({ desktop, phone, faults }) => {
	faults.foresee(/status of 422/);
	await openLink(phone, await getAsFarAsTheCode(desktop, accounts.anna));
	const code = await start(phone);
	await typePairingCode(desktop, otherThan(code));
	await expect(pairingField(desktop)).toHaveAccessibleDescription(/4/);
	await typePairingCode(desktop, ` ${code.slice(0, 3)} ${code.slice(3)} `);
	await expectDone(desktop);
});

test("Cancel with the phone half-way asks first, then tells the phone", async ({ desktop, phone }) => {
	await openLink(phone, await getAsFarAsTheCode(desktop, accounts.anna));
	await start(phone);
	await dialog(desktop).getByRole("button", { name: "Cancel" }).click();
	await expect(dialog(desktop)).toContainText("the phone is told");
	await dialog(desktop).getByRole("button", { name: "End it" }).click();
	await expect(dialog(desktop)).toBeHidden();
	await expect(phone.getByRole("main")).toContainText("Cancelled on the computer");
	await desktop.goto("/");
	await expect(desktop.getByText(/not finished/)).toHaveCount(0);
});

test("Cancel on the first step closes the process", async ({ desktop }) => {
	await signIn(desktop, accounts.anna);
	await startGetMobileId(desktop);
	await dialog(desktop).getByRole("button", { name: "Cancel" }).click();
	await expect(dialog(desktop)).toBeHidden();
	await desktop.reload();
	await expect(desktop.getByRole("heading", { name: "What do you want to do?" })).toBeVisible();
	await expect(desktop.getByRole("button", { name: "Continue" })).toHaveCount(0);
});

test("Escape closes the window and keeps the process", async ({ desktop }) => {
	await getAsFarAsTheCode(desktop, accounts.anna);
	await desktop.keyboard.press("Escape");
	await expect(dialog(desktop)).toBeHidden();
	await desktop.getByRole("button", { name: "Continue" }).click();
	await expect(dialog(desktop)).toContainText("Step 2 of 3");
});

test("Not my phone ends the process and tells that phone", async ({ desktop, phone }) => {
	await openLink(phone, await getAsFarAsTheCode(desktop, accounts.anna));
	await start(phone);
	await dialog(desktop).getByRole("button", { name: "Not my phone" }).click();
	await expect(phone.getByRole("heading", { level: 1 })).not.toContainText("Type this code");
	await expect(dialog(desktop).getByRole("button", { name: "Try again" })).toBeVisible();
});

test("a new code replaces the old one, which then leads nowhere", async ({ desktop, phone, faults }) => {
	faults.foresee(/status of 410/);
	const old = await getAsFarAsTheCode(desktop, accounts.anna);
	await dialog(desktop).getByRole("button", { name: "New code" }).click();
	await expect(async () => expect(await scan(desktop)).not.toBe(old)).toPass();
	await phone.goto(old);
	await expect(phone.getByRole("main")).toContainText("newer code");
	await openLink(phone, await scan(desktop));
});

test.describe("a code that lives for three seconds", () => {
	test.use({ settings: { SELFSERVICE_ENROLLMENT__CODE_SECONDS: "3" } });

	test("says that its time is over, and a new one comes in one click", async ({ desktop }) => {
		const old = await getAsFarAsTheCode(desktop, accounts.anna);
		await expect(dialog(desktop)).toContainText("This code has expired.");
		await dialog(desktop).getByRole("button", { name: "New code" }).click();
		await expect(async () => expect(await scan(desktop)).not.toBe(old)).toPass();
	});
});

test("a second window continues the same process; the first says that its code is old", async ({
	desktop,
}) => {
	const first = await getAsFarAsTheCode(desktop, accounts.anna);
	const other = await desktop.context().newPage();
	await other.goto("/");
	await other.getByRole("button", { name: "Continue" }).click();
	const second = await scan(other);
	expect(second).not.toBe(first);
	await expect(dialog(desktop).getByRole("button", { name: "Show a new code here" })).toBeVisible();
	await dialog(desktop).getByRole("button", { name: "Show a new code here" }).click();
	expect(await scan(desktop)).not.toBe(second);
});

test("the short code is typed on a phone that cannot scan", async ({ desktop, phone }) => {
	await getAsFarAsTheCode(desktop, accounts.anna);
	await dialog(desktop).getByText("Cannot scan?").click();
	const text = (await dialog(desktop).textContent()) ?? "";
	const short = text.match(/[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}/)?.[0];
	expect(short, "a short code on the screen").toBeDefined();
	await phone.goto("/m");
	await phone.getByRole("textbox").fill((short ?? "").toLowerCase().replace("-", " "));
	await phone.getByRole("button", { name: /Continue|Next/ }).click();
	await expect(phone.getByRole("button", { name: "Start" })).toBeVisible();
	await typePairingCode(desktop, await start(phone));
	await expectDone(desktop);
});

test("the link can be copied", async ({ open }) => {
	const desktop = await open("desktop", { permissions: ["clipboard-read", "clipboard-write"] });
	const link = await getAsFarAsTheCode(desktop, accounts.anna);
	await dialog(desktop).getByText("Cannot scan?").click();
	await dialog(desktop).getByRole("button", { name: "Copy link" }).click();
	expect(await desktop.evaluate(() => navigator.clipboard.readText())).toBe(link);
});

test("on a phone, a button takes the place of the QR code", async ({ phone }) => {
	await signIn(phone, accounts.anna);
	await startGetMobileId(phone);
	await dialog(phone).getByRole("button", { name: "Next" }).click();
	const link = dialog(phone).getByRole("link", { name: "Set up this phone" });
	await expect(link).toBeVisible();
	await expect(dialog(phone).getByRole("img", { name: /QR/ })).toBeHidden();
	await expect(link).toHaveAttribute("href", /\/m#[A-Za-z0-9_-]{43}$/);
});

test("from sign-in to Done with the keyboard alone", async ({ desktop, phone }) => {
	const press = (key: string) => desktop.keyboard.press(key);
	await desktop.goto("/sign-in");
	await expect(desktop.getByLabel("User name")).toBeVisible();
	await tabTo(desktop, "User name");
	await desktop.keyboard.type(accounts.bertil.userName);
	await tabTo(desktop, "Password");
	await desktop.keyboard.type(accounts.bertil.password);
	await press("Enter");
	await expect(desktop.getByRole("heading", { level: 1 })).toBeFocused();
	await tabTo(desktop, "Get Mobile ID");
	await press("Enter");
	await expect(dialog(desktop).locator(":focus")).toHaveCount(1);
	await tabTo(desktop, "Next");
	await press("Enter");
	await expect(dialog(desktop).getByRole("heading", { name: "Scan the code with your phone" })).toBeFocused();
	const link = await scan(desktop);
	await openLink(phone, link);
	const code = await start(phone);
	await expect(pairingField(desktop)).toBeFocused();
	await desktop.keyboard.type(code);
	await press("Enter");
	await expectDone(desktop);
});

test("an old sign-in is asked for the password once more", async ({ desktop, server, faults }) => {
	faults.foresee(/ERR_|status of 401.*\/api\/session\/password/);
	await signIn(desktop, accounts.anna);
	await server.stop();
	await server.start("6m");
	await startGetMobileId(desktop);
	await dialog(desktop).getByRole("button", { name: "Next" }).click();
	await expect(dialog(desktop).getByLabel("Password")).toBeFocused();
	await dialog(desktop).getByLabel("Password").fill("wrong");
	await dialog(desktop).getByRole("button", { name: "Next" }).click();
	await expect(dialog(desktop).getByLabel("Password")).toHaveAccessibleDescription(/not your password/);
	await expect(dialog(desktop).getByLabel("Password")).toBeFocused();
	await dialog(desktop).getByLabel("Password").fill(accounts.anna.password);
	await showCode(desktop);
});
