// Each way in which setting up a phone can fail has a page that says so in plain words.
import type { Page } from "@playwright/test";
import { expectAccessible } from "../fixture/accessibility.ts";
import { accounts } from "../fixture/account.ts";
import { expectInstalled, openLink, readPairingCode, start, storedForOffline } from "../fixture/phone.ts";
import { PortalUser } from "../fixture/portal-user.ts";
import { headlessPhone } from "../fixture/program.ts";
import { test as base, expect } from "../fixture/test.ts";

const test = base.extend<{ user: PortalUser }>({
	user: async ({ server }, use) => use(await PortalUser.signIn(server, accounts.anna)),
});

/** The page says it in its one heading, is accessible, and offers no Start. */
async function expectStopped(page: Page, heading: string): Promise<void> {
	await expect(page.getByRole("heading", { level: 1 })).toHaveText(heading);
	await expect(page.getByRole("button", { name: "Start", exact: true })).toHaveCount(0);
	await expectAccessible(page, `phone: ${heading}`);
}

test("a code that has expired", async ({ user, phone, server, faults }) => {
	faults.foresee(/status of 410/);
	const { link } = await user.showCode();
	await server.stop();
	await server.start("6m");
	await phone.goto(link);
	await expectStopped(phone, "This code has expired");
});

test("a code that expires between the question and Start", async ({ user, phone, server, faults }) => {
	faults.foresee(/status of 410/);
	await openLink(phone, (await user.showCode()).link);
	await storedForOffline(phone);
	await server.stop();
	await server.start("6m");
	await phone.getByRole("button", { name: "Start" }).click();
	await expectStopped(phone, "This code has expired");
});

test("a code that another phone has used", async ({ user, phone, server, faults }) => {
	faults.foresee(/status of 409/);
	const { link } = await user.showCode();
	const other = headlessPhone(server, link);
	const code = await other.pairingCode;
	await phone.goto(link);
	await expectStopped(phone, "This code has been used already");
	await user.confirm(code);
	await other.finished;
});

test("two phones that scanned the same code: one wins, the other is told", async ({
	user,
	phone,
	open,
	faults,
}) => {
	faults.foresee(/status of 409/);
	const { link } = await user.showCode();
	const second = await open("pixel");
	await openLink(phone, link);
	await openLink(second, link);
	const code = await start(phone);
	await second.getByRole("button", { name: "Start" }).click();
	await expectStopped(second, "This code has been used already");
	await user.confirm(code);
	await expectInstalled(phone);
});

test("a code that a newer one replaced", async ({ user, phone, faults }) => {
	faults.foresee(/status of 410/);
	const { link } = await user.showCode();
	const { link: newer } = await user.newCode();
	await phone.goto(link);
	await expectStopped(phone, "There is a newer code");
	await phone.goto("about:blank");
	await openLink(phone, newer);
});

test("a process that was cancelled on the computer", async ({ user, phone, faults }) => {
	faults.foresee(/status of 410/);
	const { link } = await user.showCode();
	await user.cancel();
	await phone.goto(link);
	await expectStopped(phone, "Cancelled on the computer");
});

test("a process that is cancelled on the computer while the phone shows its digits", async ({
	user,
	phone,
}) => {
	await openLink(phone, (await user.showCode()).link);
	await start(phone);
	await user.cancel();
	await expectStopped(phone, "Cancelled on the computer");
});

test("I did not ask for this", async ({ user, phone }) => {
	await openLink(phone, (await user.showCode()).link);
	await phone.getByRole("button", { name: "I did not ask for this" }).click();
	await expectStopped(phone, "You declined");
	expect(await user.process()).toMatchObject({ state: "cancelled", ending: "cancelled_on_phone" });
});

test("Cancel on the phone", async ({ user, phone }) => {
	await openLink(phone, (await user.showCode()).link);
	await start(phone);
	await phone.getByRole("button", { name: "Cancel" }).click();
	await expectStopped(phone, "Cancelled");
	expect(await user.process()).toMatchObject({ state: "cancelled", ending: "cancelled_on_phone" });
});

for (const [name, change, heading] of [
	["cut short", (link: string) => link.slice(0, -5), "This link is not complete"],
	[
		"altered to no code at all",
		(link: string) => link.replace(/#.*/, "#%20%E2%82%AC"),
		"This link is not complete",
	],
	["foreign", (link: string) => link.replace(/#.*/, `#${"A".repeat(43)}`), "This code is not known"],
] as const) {
	test(`a link that is ${name}`, async ({ user, phone, faults }) => {
		faults.foresee(/status of (404|422)/);
		await phone.goto(change((await user.showCode()).link));
		await expectStopped(phone, heading);
		expect(await user.process()).toMatchObject({ state: "open" });
	});
}

test("a browser that stores no keys is told before the code is used", async ({ user, phone }) => {
	await phone.addInitScript(() => {
		// What Safari does in Lockdown Mode and private tabs.
		const refuse = () => {
			throw new DOMException("The object can not be cloned.", "DataCloneError");
		};
		IDBObjectStore.prototype.put = refuse;
		IDBObjectStore.prototype.add = refuse;
	});
	await phone.goto((await user.showCode()).link);
	await expectStopped(phone, "This tab cannot keep keys");
	expect(await user.process()).toMatchObject({ state: "open" });
});

test("a browser without any storage is told before the code is used", async ({ user, phone }) => {
	await phone.addInitScript(() => {
		IDBFactory.prototype.open = () => {
			throw new DOMException("Storage is switched off.", "SecurityError");
		};
	});
	await phone.goto((await user.showCode()).link);
	await expectStopped(phone, "This tab cannot keep keys");
	expect(await user.process()).toMatchObject({ state: "open" });
});

test("a browser without WebCrypto is told before the code is used", async ({ user, phone }) => {
	await phone.addInitScript(() => {
		Object.defineProperty(Crypto.prototype, "subtle", { get: () => undefined });
	});
	await phone.goto((await user.showCode()).link);
	await expectStopped(phone, "This browser is too old");
	expect(await user.process()).toMatchObject({ state: "open" });
});

test("a page that did not come by https is told so", async ({ user, phone, server, faults }) => {
	// Chromium tells developers that it ignores the isolation headers there.
	faults.foresee(/Cross-Origin-Opener-Policy|untrustworthy/);
	const { hash } = new URL((await user.showCode()).link);
	await phone.goto(`http://plain.test:${server.port}/m${hash}`);
	await expectStopped(phone, "This connection is not secure");
	expect(await user.process()).toMatchObject({ state: "open" });
});

test("digits that were wrong too often", async ({ user, phone }) => {
	await openLink(phone, (await user.showCode()).link);
	const wrong = (await start(phone)) === "111111" ? "222222" : "111111";
	for (let tries = 0; tries < 5; tries++) await user.confirm(wrong).catch(() => undefined);
	expect(await user.process()).toMatchObject({ state: "failed", ending: "pairing_code_wrong" });
	await expectStopped(phone, "The code was wrong too often");
});

test("digits that were not typed in time", async ({ user, phone, server, faults }) => {
	faults.foresee(/ERR_/);
	await openLink(phone, (await user.showCode()).link);
	await start(phone);
	await server.stop();
	await server.start("11m");
	await expect(phone.getByRole("heading", { name: "The code was not typed in time" })).toBeVisible({
		timeout: 30_000,
	});
	await expectStopped(phone, "The code was not typed in time");
});

test("a lost network is said, and the phone goes on by itself", async ({ user, phone, faults }) => {
	faults.foresee(/ERR_INTERNET_DISCONNECTED/);
	await openLink(phone, (await user.showCode()).link);
	await phone.context().setOffline(true);
	await phone.getByRole("button", { name: "Start" }).click();
	await expect(phone.getByText("No connection")).toBeVisible();
	await expectAccessible(phone, "phone: No connection");
	await phone.context().setOffline(false);
	await expect(phone.getByRole("heading", { name: "Type this code on your computer" })).toBeVisible({
		timeout: 30_000,
	});
	await user.confirm(await readPairingCode(phone));
	await expectInstalled(phone);
});

test("a phone in a tunnel while the user confirms installs afterwards", async ({ user, phone, faults }) => {
	faults.foresee(/ERR_INTERNET_DISCONNECTED/);
	await openLink(phone, (await user.showCode()).link);
	const code = await start(phone);
	await phone.context().setOffline(true);
	await user.confirm(code);
	await expect(phone.getByText("No connection")).toBeVisible({ timeout: 30_000 });
	expect(await user.process()).toMatchObject({ state: "confirmed" });
	await phone.context().setOffline(false);
	await expect(phone.getByRole("heading", { name: "Your mobile ID is ready" })).toBeVisible({
		timeout: 30_000,
	});
	expect(await user.process()).toMatchObject({ state: "completed" });
});

test("the keys cannot be read, by us or by anyone", async ({ user, phone }) => {
	await openLink(phone, (await user.showCode()).link);
	await start(phone);
	const keys = await phone.evaluate(async () => {
		const found: { extractable: boolean; type: string }[] = [];
		const look = (value: unknown) => {
			if (value instanceof CryptoKey) found.push({ extractable: value.extractable, type: value.type });
			else if (value && typeof value === "object") for (const inner of Object.values(value)) look(inner);
		};
		for (const { name } of await indexedDB.databases()) {
			const database = await new Promise<IDBDatabase>((resolve, reject) => {
				const request = indexedDB.open(name ?? "");
				request.onsuccess = () => resolve(request.result);
				request.onerror = () => reject(request.error);
			});
			for (const store of database.objectStoreNames) {
				const all = await new Promise<unknown[]>((resolve, reject) => {
					const request = database.transaction(store).objectStore(store).getAll();
					request.onsuccess = () => resolve(request.result);
					request.onerror = () => reject(request.error);
				});
				for (const record of all) {
					// A key pair's two halves are getters of its prototype-less object: ask for them by name.
					for (const value of [record, ...Object.values(record as object)]) {
						const pair = value as { privateKey?: unknown; publicKey?: unknown };
						if (pair?.privateKey) look(pair.privateKey);
						look(value);
					}
				}
			}
			database.close();
		}
		return found.filter((key) => key.type === "private");
	});
	expect(keys.length).toBeGreaterThanOrEqual(2);
	expect(keys.every((key) => !key.extractable)).toBe(true);
});
