// Nothing is lost: not by a reload, a new sign-in, a dead battery or a killed server, at whatever step.
import type { Page } from "@playwright/test";
import { accounts } from "../fixture/account.ts";
import { expectInstalled, openLink, readPairingCode, start } from "../fixture/phone.ts";
import {
	dialog,
	expectDone,
	getAsFarAsTheCode,
	pairingField,
	scan,
	showCode,
	signIn,
	signOut,
	startGetMobileId,
	typePairingCode,
} from "../fixture/portal.ts";
import { expect, test } from "../fixture/test.ts";

async function finish(desktop: Page, phone: Page, code: string): Promise<void> {
	await typePairingCode(desktop, code);
	await expectInstalled(phone);
	await expectDone(desktop);
}

test("a reload on the first step stays there", async ({ desktop }) => {
	await signIn(desktop, accounts.anna);
	await startGetMobileId(desktop);
	await desktop.reload();
	await expect(dialog(desktop)).toContainText("Step 1 of 3");
	await showCode(desktop);
});

test("a reload while the code is shown shows a new one", async ({ desktop, phone }) => {
	const before = await getAsFarAsTheCode(desktop, accounts.anna);
	await desktop.reload();
	const after = await scan(desktop);
	expect(after).not.toBe(before);
	await openLink(phone, after);
	await finish(desktop, phone, await start(phone));
});

test("a reload keeps the digits that were typed", async ({ desktop, phone }) => {
	await openLink(phone, await getAsFarAsTheCode(desktop, accounts.anna));
	const code = await start(phone);
	await pairingField(desktop).fill(code.slice(0, 4));
	await desktop.reload();
	await expect(pairingField(desktop)).toHaveValue(code.slice(0, 4));
	await finish(desktop, phone, code);
});

test("typed digits and focus survive what the phone does meanwhile", async ({ desktop, phone }) => {
	await openLink(phone, await getAsFarAsTheCode(desktop, accounts.anna));
	const code = await start(phone);
	await pairingField(desktop).fill("12");
	await pairingField(desktop).focus();
	await phone.reload();
	expect(await readPairingCode(phone)).toBe(code);
	await expect(pairingField(desktop)).toHaveValue("12");
	await expect(pairingField(desktop)).toBeFocused();
});

test("signing out and in again resumes the step", async ({ desktop, phone }) => {
	await openLink(phone, await getAsFarAsTheCode(desktop, accounts.anna));
	const code = await start(phone);
	await desktop.keyboard.press("Escape");
	await signOut(desktop);
	await signIn(desktop, accounts.anna);
	await desktop.getByRole("button", { name: "Continue" }).click();
	await expect(pairingField(desktop)).toBeVisible();
	await finish(desktop, phone, code);
});

test("another computer resumes the step", async ({ desktop, phone, open }) => {
	await openLink(phone, await getAsFarAsTheCode(desktop, accounts.anna));
	const code = await start(phone);
	const other = await open("desktop");
	await signIn(other, accounts.anna);
	await other.getByRole("button", { name: "Continue" }).click();
	await finish(other, phone, code);
	await expectDone(desktop);
});

test("the phone page resumes after a reload, at every step", async ({ desktop, phone }) => {
	await openLink(phone, await getAsFarAsTheCode(desktop, accounts.anna));
	await phone.reload();
	await expect(phone.getByRole("button", { name: "Start" })).toBeVisible();
	const code = await start(phone);
	await phone.reload();
	expect(await readPairingCode(phone)).toBe(code);
	await finish(desktop, phone, code);
	await phone.reload();
	await expect(phone.getByRole("main")).toContainText("MobileID Anna");
});

test("the phone page closed before the receipt sends it when opened again", async ({
	desktop,
	phone,
	server,
}) => {
	await openLink(phone, await getAsFarAsTheCode(desktop, accounts.anna));
	const code = await start(phone);
	const context = phone.context();
	await phone.close();
	await typePairingCode(desktop, code);
	await expect(dialog(desktop)).toContainText(/Finishing on your phone/);
	const again = await context.newPage();
	await again.goto(`${server.url}/m`);
	await expectInstalled(again);
	await expectDone(desktop);
});

test("a second tab on the phone makes no second set of keys", async ({ desktop, phone, server }) => {
	await openLink(phone, await getAsFarAsTheCode(desktop, accounts.anna));
	const code = await start(phone);
	const second = await phone.context().newPage();
	await second.goto(`${server.url}/m`);
	expect(await readPairingCode(second)).toBe(code);
	await finish(desktop, second, code);
});

test.describe("the server is killed and started again", () => {
	test.beforeEach(({ faults }) => {
		faults.foresee(/ERR_CONNECTION|ERR_EMPTY_RESPONSE|ERR_INCOMPLETE|ERR_SOCKET|ERR_NETWORK/);
	});

	test("before the code", async ({ desktop, phone, server }) => {
		await signIn(desktop, accounts.anna);
		await startGetMobileId(desktop);
		await server.kill();
		await server.start();
		await openLink(phone, await showCode(desktop));
		await finish(desktop, phone, await start(phone));
	});

	test("while the code is out", async ({ desktop, phone, server }) => {
		const link = await getAsFarAsTheCode(desktop, accounts.anna);
		await server.kill();
		await expect(dialog(desktop)).toContainText("The connection is interrupted");
		await server.start();
		await expect(dialog(desktop)).not.toContainText("The connection is interrupted", { timeout: 30_000 });
		await openLink(phone, link);
		const code = await start(phone);
		await expect(pairingField(desktop)).toBeVisible({ timeout: 30_000 });
		await finish(desktop, phone, code);
	});

	test("after the phone opened the link", async ({ desktop, phone, server }) => {
		await openLink(phone, await getAsFarAsTheCode(desktop, accounts.anna));
		await server.kill();
		await phone.getByRole("button", { name: "Start" }).click();
		await server.start();
		const code = await readPairingCode(phone);
		await expect(pairingField(desktop)).toBeVisible({ timeout: 30_000 });
		await finish(desktop, phone, code);
	});

	test("while the pairing code is shown", async ({ desktop, phone, server }) => {
		await openLink(phone, await getAsFarAsTheCode(desktop, accounts.anna));
		const code = await start(phone);
		await server.kill();
		await server.start();
		await finish(desktop, phone, code);
	});

	test("between the certificates and the receipt", async ({ desktop, phone, server }) => {
		await openLink(phone, await getAsFarAsTheCode(desktop, accounts.anna));
		const code = await start(phone);
		const context = phone.context();
		await phone.close();
		await typePairingCode(desktop, code);
		await expect(dialog(desktop)).toContainText(/Finishing on your phone/);
		await server.kill();
		await server.start();
		const again = await context.newPage();
		await again.goto(`${server.url}/m`);
		await expectInstalled(again);
		await expectDone(desktop, { timeout: 30_000 });
	});

	test("and no receipt ever comes: certificates revoked, and said so", async ({ desktop, phone, server }) => {
		await openLink(phone, await getAsFarAsTheCode(desktop, accounts.anna));
		const code = await start(phone);
		await phone.context().close();
		await typePairingCode(desktop, code);
		await expect(dialog(desktop)).toContainText(/Finishing on your phone/);
		await server.kill();
		await server.start("11m");
		await expect(dialog(desktop)).toContainText(/did not answer in time/, { timeout: 30_000 });
		await desktop.goto("/mobile-ids");
		await desktop.getByRole("link", { name: /MobileID Anna/ }).click();
		await expect(desktop.getByRole("main")).toContainText("Registered");
		for (const usage of ["Authentication", "Signature"]) {
			const row = desktop.getByRole("row", { name: usage });
			await expect(row.getByText("Revoked", { exact: true })).toHaveCount(2);
		}
	});
});
