// Sign in and out, and what a user sees who may not start anything.
import { accounts } from "../fixture/account.ts";
import { fillSignIn, signIn, signOut } from "../fixture/portal.ts";
import { expect, test } from "../fixture/test.ts";

test("a page asked for before sign-in is shown after it", async ({ desktop }) => {
	await desktop.goto("/mobile-ids?from=mail");
	await expect(desktop).toHaveURL(/\/sign-in/);
	await fillSignIn(desktop, accounts.anna);
	await expect(desktop).toHaveURL(/\/mobile-ids\?from=mail$/);
	await expect(desktop.getByRole("heading", { level: 1, name: "Mobile ID" })).toBeFocused();
});

for (const elsewhere of ["https://example.com/", "//example.com/", "/\\example.com", "javascript:alert(1)"]) {
	test(`nobody is led to another site after sign-in: ${elsewhere}`, async ({ desktop, server }) => {
		await desktop.goto(`/sign-in?from=${encodeURIComponent(elsewhere)}`);
		await fillSignIn(desktop, accounts.anna);
		await expect(desktop.getByRole("heading", { name: "What do you want to do?" })).toBeVisible();
		await expect(desktop).toHaveURL(`${server.url}/`);
	});
}

test("a wrong password and an unknown user are answered alike", async ({ desktop, faults }) => {
	faults.foresee(/status of 401.*\/api\/session/);
	await desktop.goto("/sign-in");
	const answers = [];
	for (const userName of ["anna", "nobody"]) {
		await fillSignIn(desktop, { userName, password: "wrong-password" });
		const answer = desktop.getByRole("alert").filter({ hasText: "is not right" });
		await expect(answer).toBeVisible();
		answers.push(await answer.textContent());
		await expect(desktop.getByLabel("User name")).toHaveValue(userName);
	}
	expect(answers[0]).toBe(answers[1]);
});

test("an empty form says what is missing and puts the cursor there", async ({ desktop }) => {
	await desktop.goto("/sign-in");
	await desktop.getByRole("button", { name: "Sign in" }).click();
	await expect(desktop.getByLabel("User name")).toBeFocused();
	await expect(desktop.getByLabel("User name")).toHaveAccessibleDescription(/.+/);
	await desktop.getByLabel("User name").fill("anna");
	await desktop.getByRole("button", { name: "Sign in" }).click();
	await expect(desktop.getByLabel("Password")).toBeFocused();
});

test("too many attempts are told to wait, in words, and how long", async ({ desktop, faults }) => {
	faults.foresee(/status of (401|429).*\/api\/session/);
	await desktop.goto("/sign-in");
	await expect(async () => {
		await fillSignIn(desktop, { userName: "anna", password: "wrong-password" });
		await expect(desktop.getByText(/too many attempts/i).first()).toBeVisible({ timeout: 1000 });
	}).toPass({ timeout: 30_000 });
	await expect(desktop.getByRole("main")).toContainText(/\d+ (second|minute)/);
});

test("signed out is signed out, in every tab", async ({ desktop, faults }) => {
	faults.foresee(/status of 401/);
	await signIn(desktop, accounts.anna);
	const other = await desktop.context().newPage();
	await other.goto("/mobile-ids");
	await expect(other.getByRole("heading", { level: 1, name: "Mobile ID" })).toBeVisible();
	await signOut(desktop);
	await desktop.goBack();
	await expect(desktop).toHaveURL(/\/sign-in/);
	await other.reload();
	await expect(other).toHaveURL(/\/sign-in/);
});

test("an inactive user signs in, sees why nothing can be started, and can start nothing", async ({
	desktop,
}) => {
	await signIn(desktop, accounts.ivar);
	const start = desktop.getByRole("main").getByRole("button", { name: "Get Mobile ID" });
	await expect(start).toBeDisabled();
	await expect(start).toHaveAccessibleDescription(/inactive/);
	const answer = await desktop.request.post("/api/processes", {
		data: { kind: "MobileIDSelfServiceProcGet" },
	});
	expect(answer.status()).toBe(403);
	expect(await answer.json()).toMatchObject({ code: "user_not_active" });
});

for (const [tag, button, heading] of [
	["sv", "Logga in", "Vad vill du göra?"],
	["de", "Anmelden", "Was möchten Sie tun?"],
] as const) {
	test(`speaks ${tag} where the browser does, and remembers another choice`, async ({ open }) => {
		const desktop = await open("desktop", { locale: tag });
		await desktop.goto("/sign-in");
		await expect(desktop.getByRole("button", { name: button })).toBeVisible();
		await expect(desktop.locator("html")).toHaveAttribute("lang", tag);

		await desktop.getByRole("combobox").selectOption("en");
		await expect(desktop.getByRole("button", { name: "Sign in" })).toBeVisible();
		await desktop.reload();
		await expect(desktop.getByRole("button", { name: "Sign in" })).toBeVisible();

		await desktop.getByRole("combobox").selectOption(tag);
		await desktop.getByRole("textbox").first().fill(accounts.anna.userName);
		await desktop.locator("input[type=password]").fill(accounts.anna.password);
		await desktop.getByRole("button", { name: button }).click();
		await expect(desktop.getByRole("heading", { level: 1, name: heading })).toBeVisible();
		await expect(desktop.locator("html")).toHaveAttribute("lang", tag);
	});
}
