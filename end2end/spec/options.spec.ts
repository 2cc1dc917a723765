// The administrator's options: what is written in the console is what users get, as openssl sees it.
import { expectAccessible } from "../fixture/accessibility.ts";
import { accounts } from "../fixture/account.ts";
import {
	addToScript,
	editor,
	effectOf,
	expectOptions,
	openOptions,
	replaceInScript,
	save,
	showEffectFor,
} from "../fixture/console.ts";
import { describeCertificate, verifyCertificate } from "../fixture/openssl.ts";
import {
	dialog,
	expectDone,
	fillSignIn,
	pairingField,
	showCode,
	signIn,
	startGetMobileId,
	typePairingCode,
} from "../fixture/portal.ts";
import { headlessPhone } from "../fixture/program.ts";
import { expect, test } from "../fixture/test.ts";

/** From first to last second, in days. */
async function validityDays(pem: string): Promise<number> {
	const told = await describeCertificate(pem);
	const time = (name: string) => Date.parse(new RegExp(`${name}\\s*: (.*)`).exec(told)?.[1] ?? "");
	return Math.round((time("Not After") - time("Not Before")) / 86_400_000);
}

test("a department's rule and the choice of certificates reach the certificate", async ({
	server,
	desktop,
	open,
}) => {
	test.setTimeout(120_000);
	await openOptions(desktop, accounts.astrid);
	await expectAccessible(desktop, "options, the defaults");
	await expect(effectOf(desktop, "Valid for")).toContainText("2 years");
	await expect(effectOf(desktop, "Valid for")).toContainText("default");

	await replaceInScript(desktop, "userSelectsCertificates = false;", "userSelectsCertificates = true;");
	await addToScript(desktop, 'if user.department == "Finance" {\n    yearsOfValidity = 1;\n}');
	await expect(effectOf(desktop, "Users choose certificates")).toContainText("changed");
	await expect(effectOf(desktop, "Valid for")).toContainText("2 years");
	await showEffectFor(desktop, "anna", /Anna/);
	await expect(effectOf(desktop, "Valid for")).toContainText("1 year");
	await expect(effectOf(desktop, "Valid for")).toContainText("changed");
	await expect(desktop.getByRole("group", { name: "Which certificates do you want?" })).toBeVisible();
	await expectAccessible(desktop, "options, changed");

	await desktop.getByRole("button", { name: "Save…" }).click();
	const saving = desktop.getByRole("dialog", { name: "Save the options" });
	await expect(saving.getByRole("row", { name: /added.*userSelectsCertificates = true/ })).toBeVisible();
	await saving.getByRole("button", { name: "Save", exact: true }).click();
	await expect(saving.getByLabel("Comment")).toHaveAccessibleDescription(/Say in a few words/);
	await expectAccessible(desktop, "options, the changes before saving");
	await saving.getByRole("button", { name: "Cancel" }).click();
	await save(desktop, "Finance rotates yearly");
	await expectAccessible(desktop, "options, saved");

	// Anna, of Finance, leaves the signature out.
	const anna = await open("desktop");
	await signIn(anna, accounts.anna);
	await startGetMobileId(anna);
	await expect(dialog(anna).getByRole("checkbox", { name: "Authentication" })).toBeDisabled();
	await dialog(anna).getByRole("checkbox", { name: "Signature" }).uncheck();
	await expectAccessible(anna, "dialog, step 1, with a choice");
	const annas = headlessPhone(server, await showCode(anna), "anna");
	await expect(pairingField(anna)).toBeVisible();
	await typePairingCode(anna, await annas.pairingCode);
	await annas.finished;
	await expectDone(anna);
	await verifyCertificate(server, `${annas.directory}/authentication.pem`);
	expect(await validityDays(`${annas.directory}/authentication.pem`)).toBe(365);
	await expect(describeCertificate(`${annas.directory}/signature.pem`)).rejects.toThrow();

	// Bertil, of Sales, takes what is offered.
	const bertil = await open("desktop");
	await signIn(bertil, accounts.bertil);
	await startGetMobileId(bertil);
	const bertils = headlessPhone(server, await showCode(bertil), "bertil");
	await expect(pairingField(bertil)).toBeVisible();
	await typePairingCode(bertil, await bertils.pairingCode);
	await bertils.finished;
	await expectDone(bertil);
	for (const usage of ["authentication", "signature"]) {
		expect(await validityDays(`${bertils.directory}/${usage}.pem`)).toBeGreaterThanOrEqual(730);
	}
});

test("whoever is in the middle of it keeps what they began with", async ({ server, desktop, open }) => {
	const anna = await open("desktop");
	await signIn(anna, accounts.anna);
	await startGetMobileId(anna);
	await expect(dialog(anna)).toContainText("2 years");
	await openOptions(desktop, accounts.astrid);
	await replaceInScript(desktop, "yearsOfValidity = 2;", "yearsOfValidity = 1;");
	await save(desktop, "One year for everyone");
	await anna.reload();
	await expect(dialog(anna)).toContainText("2 years");
	const phone = headlessPhone(server, await showCode(anna));
	await expect(pairingField(anna)).toBeVisible();
	await typePairingCode(anna, await phone.pairingCode);
	await phone.finished;
	await expectDone(anna);
	expect(await validityDays(`${phone.directory}/authentication.pem`)).toBeGreaterThanOrEqual(730);
});

test("faults stand at their lines and nothing is saved", async ({ desktop }) => {
	await openOptions(desktop, accounts.astrid);
	await replaceInScript(desktop, "yearsOfValidity = 2;", "yearsOfvalidity = 2;");
	await expect(
		desktop.getByText("yearsOfvalidity is not known. Did you mean yearsOfValidity?"),
	).toBeVisible();
	await expect(editor(desktop)).toHaveAttribute("aria-invalid", "true");
	await expect(desktop.getByRole("button", { name: "Save…" })).toHaveAccessibleDescription(
		"Correct the faults first.",
	);
	await expectAccessible(desktop, "options, a fault");
	await desktop.getByRole("button", { name: /^Line \d+, column 1$/ }).click();
	await expect(editor(desktop)).toBeFocused();
	const lineAtCaret = await editor(desktop).evaluate((area: HTMLTextAreaElement) =>
		area.value.slice(area.selectionStart).split("\n").at(0),
	);
	expect(lineAtCaret).toBe("yearsOfvalidity = 2;");

	// What is typed survives a reload.
	await desktop.reload();
	await expect(editor(desktop)).toHaveValue(/yearsOfvalidity = 2;/);
	await desktop.getByRole("button", { name: "Discard changes" }).click();
	await expect(desktop.getByText("No faults")).toBeVisible();
	await desktop.getByRole("button", { name: "Bring my changes back" }).click();
	await expect(editor(desktop)).toHaveValue(/yearsOfvalidity = 2;/);

	await replaceInScript(desktop, "yearsOfvalidity = 2;", "yearsOfValidity = 5;");
	await expect(desktop.getByText(/NIST SP 800-57/)).toBeVisible();
	await expectAccessible(desktop, "options, a hint");
});

test("two administrators at once: the second is told and loses nothing; an old version comes back", async ({
	desktop,
	open,
	faults,
}) => {
	faults.foresee(/409/);
	await openOptions(desktop, accounts.astrid);
	const second = await open("desktop");
	await openOptions(second, accounts.astrid);
	await replaceInScript(desktop, '"Smart ID"', '"Smart ID of the bank"');
	await replaceInScript(second, "activationCodeMinutes = 5;", "activationCodeMinutes = 9;");
	await save(desktop, "The bank's name");

	await second.getByRole("button", { name: "Save…" }).click();
	const saving = second.getByRole("dialog", { name: "Save the options" });
	await saving.getByLabel("Comment").fill("Nine minutes");
	await saving.getByRole("button", { name: "Save", exact: true }).click();
	await expect(second.getByText(/astrid saved version 2 on .*The bank's name/)).toBeVisible();
	await expect(editor(second)).toHaveValue(/activationCodeMinutes = 9;/);
	await second.getByRole("button", { name: "Show their changes" }).click();
	await expect(second.getByRole("row", { name: /added.*Smart ID of the bank/ })).toBeVisible();
	await expectAccessible(second, "options, somebody else has saved");
	await second.getByRole("button", { name: "Go on with my text" }).click();
	await second.getByRole("button", { name: "Save…" }).click();
	await expect(saving.getByRole("row", { name: /removed.*Smart ID of the bank/ })).toBeVisible();
	await expect(saving.getByLabel("Comment")).toHaveValue("Nine minutes");
	await saving.getByRole("button", { name: "Save", exact: true }).click();
	await expect(second.getByText("Version 3 is saved and in force.")).toBeVisible();

	// Version 1 comes back as version 4.
	await desktop.getByRole("link", { name: "Versions" }).click();
	await expect(desktop.getByRole("row", { name: /Version 3.*in force/ })).toBeVisible();
	await expectAccessible(desktop, "versions");
	await desktop.getByRole("link", { name: "Version 1", exact: true }).click();
	await expect(desktop.getByRole("heading", { level: 1, name: "Version 1" })).toBeVisible();
	await expect(desktop.getByRole("region", { name: "Changes, line by line" })).toBeVisible();
	await expectAccessible(desktop, "one version");
	await desktop.getByRole("button", { name: "Restore…" }).click();
	const restoring = desktop.getByRole("dialog", { name: "Restore this version" });
	await expect(restoring.getByLabel("Comment")).toHaveValue("Version 1 restored");
	await restoring.getByRole("button", { name: "Save", exact: true }).click();
	await expect(desktop.getByRole("row", { name: /Version 4.*in force.*Version 1 restored/ })).toBeVisible();
	await desktop.getByRole("link", { name: "Options" }).click();
	await expectOptions(desktop);
	await expect(editor(desktop)).toHaveValue(/activationCodeMinutes = 5;/);
});

test("the console is for administrators, and the portal leads there", async ({ desktop, open }) => {
	await desktop.goto("/admin");
	await fillSignIn(desktop, accounts.bertil);
	await expect(desktop.getByRole("heading", { level: 1, name: "For administrators" })).toBeVisible();
	await expectAccessible(desktop, "console, not an administrator");
	await desktop.getByRole("link", { name: "Go to the start page" }).click();
	await expect(desktop.getByRole("heading", { name: "What do you want to do?" })).toBeVisible();
	await desktop.getByRole("banner").locator("summary").click();
	await expect(desktop.getByRole("link", { name: "Administration" })).toBeHidden();

	const astrid = await open("pixel");
	await signIn(astrid, accounts.astrid);
	await astrid.getByRole("banner").locator("summary").click();
	await astrid.getByRole("link", { name: "Administration" }).click();
	await expectOptions(astrid);
	await expectAccessible(astrid, "options on a phone");
	await astrid.getByRole("banner").locator("summary").click();
	await astrid.getByRole("button", { name: "Sign out" }).click();
	await expect(astrid.getByRole("button", { name: "Sign in" })).toBeVisible();
	expect(new URL(astrid.url()).search).toBe("");
});

test("a session that ends and a network that is gone cost nothing that was typed", async ({
	desktop,
	faults,
}) => {
	faults.foresee(/401/);
	faults.foresee(/ERR_INTERNET_DISCONNECTED/);
	await openOptions(desktop, accounts.astrid);
	await desktop.context().setOffline(true);
	await replaceInScript(desktop, "activationCodeMinutes = 5;", "activationCodeMinutes = 9;");
	await expect(desktop.getByText("The server cannot be reached.")).toBeVisible();
	await desktop.context().setOffline(false);
	await desktop.getByRole("button", { name: "Try again" }).click();
	await expect(effectOf(desktop, "Code on the screen works for")).toContainText("9 minutes");

	await desktop.context().clearCookies();
	await replaceInScript(desktop, "activationCodeMinutes = 9;", "activationCodeMinutes = 8;");
	await expect(desktop.getByText("Sign in, and you go on where you were.")).toBeVisible();
	await fillSignIn(desktop, accounts.astrid);
	await expect(editor(desktop)).toHaveValue(/activationCodeMinutes = 8;/);
	await expect(effectOf(desktop, "Code on the screen works for")).toContainText("8 minutes");
});
