// Each way in which setting up a phone can fail has a page that says so in plain words.
import type { Page } from "@playwright/test";
import { expectAccessible } from "../fixture/accessibility.ts";
import { accounts } from "../fixture/account.ts";
import { openLink, start } from "../fixture/phone.ts";
import { dialog, getAsFarAsTheCode, typePairingCode } from "../fixture/portal.ts";
import { headlessPhone } from "../fixture/program.ts";
import { expect, test } from "../fixture/test.ts";

/** The page says it under its one heading, is accessible, and offers no Start. */
async function expectStopped(page: Page, words: RegExp, name: string): Promise<void> {
	await expect(page.getByRole("main")).toContainText(words);
	await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
	await expect(page.getByRole("button", { name: "Start", exact: true })).toHaveCount(0);
	await expectAccessible(page, `phone: ${name}`);
}

test("a code that has expired", async ({ desktop, phone, server, faults }) => {
	faults.foresee(/ERR_|status of 410/);
	const link = await getAsFarAsTheCode(desktop, accounts.anna);
	await server.stop();
	await server.start("6m");
	await phone.goto(link);
	await expectStopped(phone, /expired/, "expired");
});

test("a code that another phone has used", async ({ desktop, phone, server, faults }) => {
	faults.foresee(/status of 409/);
	const link = await getAsFarAsTheCode(desktop, accounts.anna);
	const other = headlessPhone(server, link);
	await other.pairingCode;
	await phone.goto(link);
	await expectStopped(phone, /used already/, "used");
	await typePairingCode(desktop, await other.pairingCode);
	await other.finished;
});

test("two phones that scanned the same code: one wins, the other is told", async ({
	desktop,
	phone,
	open,
	faults,
}) => {
	faults.foresee(/status of 409/);
	const link = await getAsFarAsTheCode(desktop, accounts.anna);
	const second = await open("pixel");
	await openLink(phone, link);
	await openLink(second, link);
	const code = await start(phone);
	await second.getByRole("button", { name: "Start" }).click();
	await expectStopped(second, /used already/, "used by another");
	await typePairingCode(desktop, code);
	await expect(dialog(desktop)).toContainText("Step 3 of 3");
});

test("a code that a newer one replaced", async ({ desktop, phone, faults }) => {
	faults.foresee(/status of 410/);
	const link = await getAsFarAsTheCode(desktop, accounts.anna);
	const made = desktop.waitForResponse(/\/code$/);
	await dialog(desktop).getByRole("button", { name: "New code" }).click();
	await made;
	await phone.goto(link);
	await expectStopped(phone, /newer code/, "replaced");
});

test("a process that was cancelled on the computer", async ({ desktop, phone, faults }) => {
	faults.foresee(/status of 410/);
	const link = await getAsFarAsTheCode(desktop, accounts.anna);
	await dialog(desktop).getByRole("button", { name: "Cancel" }).click();
	await expect(dialog(desktop)).toBeHidden();
	await phone.goto(link);
	await expectStopped(phone, /cancelled on (the|your) computer/i, "cancelled");
});

test("I did not ask for this", async ({ desktop, phone }) => {
	await openLink(phone, await getAsFarAsTheCode(desktop, accounts.anna));
	await phone.getByRole("button", { name: "I did not ask for this" }).click();
	await expectStopped(phone, /nothing was set up/i, "declined");
	await expect(dialog(desktop).getByRole("button", { name: "Try again" })).toBeVisible();
});

test("Cancel on the phone", async ({ desktop, phone }) => {
	await openLink(phone, await getAsFarAsTheCode(desktop, accounts.anna));
	await start(phone);
	await phone.getByRole("button", { name: "Cancel" }).click();
	await expect(dialog(desktop)).toContainText(/on the phone/);
	await expect(phone.getByRole("heading", { level: 1 })).not.toContainText("Type this code");
});

for (const [name, change, words] of [
	["cut short", (link: string) => link.slice(0, -5), /whole/],
	["altered to no code at all", (link: string) => `${link.split("#")[0]}#%20%E2%82%AC`, /whole/],
	["foreign", (link: string) => `${link.split("#")[0]}#${"A".repeat(43)}`, /not known/],
] as const) {
	test(`a link that is ${name}`, async ({ desktop, phone, faults }) => {
		faults.foresee(/status of (404|422)/);
		const link = await getAsFarAsTheCode(desktop, accounts.anna);
		await phone.goto(change(link));
		await expectStopped(phone, words, name);
	});
}

test("a browser that stores no keys is told before the code is used", async ({ desktop, phone, faults }) => {
	faults.foresee(/status of 409/);
	const link = await getAsFarAsTheCode(desktop, accounts.anna);
	await phone.addInitScript(() => {
		// What Safari does in Lockdown Mode and private tabs.
		IDBObjectStore.prototype.put = () => {
			throw new DOMException("The object can not be cloned.", "DataCloneError");
		};
		IDBObjectStore.prototype.add = IDBObjectStore.prototype.put;
	});
	await phone.goto(link);
	await expectStopped(phone, /private/i, "no storage");
	await expect(dialog(desktop)).toContainText("Waiting for your phone");
});

test("a browser without WebCrypto is told so", async ({ desktop, phone }) => {
	const link = await getAsFarAsTheCode(desktop, accounts.anna);
	await phone.addInitScript(() => {
		Object.defineProperty(Crypto.prototype, "subtle", { get: () => undefined });
	});
	await phone.goto(link);
	await expectStopped(phone, /browser/i, "old browser");
});

test("a page that did not come by https is told so", async ({ desktop, phone, server, faults }) => {
	// Chromium tells developers that it ignores the isolation headers there.
	faults.foresee(/Cross-Origin-Opener-Policy|untrustworthy/);
	const link = new URL(await getAsFarAsTheCode(desktop, accounts.anna));
	await phone.goto(`http://plain.test:${server.port}/m${link.hash}`);
	await expectStopped(phone, /https|secure/i, "no secure context");
});

test("a lost network is said, and the phone goes on by itself", async ({ desktop, phone, faults }) => {
	faults.foresee(/ERR_INTERNET_DISCONNECTED/);
	await openLink(phone, await getAsFarAsTheCode(desktop, accounts.anna));
	await phone.context().setOffline(true);
	await phone.getByRole("button", { name: "Start" }).click();
	await expect(phone.getByText(/network|connection/i).first()).toBeVisible();
	await phone.context().setOffline(false);
	await expect(phone.getByRole("heading", { name: "Type this code on your computer" })).toBeVisible({
		timeout: 30_000,
	});
});

test("a phone in a tunnel while the user confirms installs afterwards", async ({
	desktop,
	phone,
	faults,
}) => {
	faults.foresee(/ERR_INTERNET_DISCONNECTED/);
	await openLink(phone, await getAsFarAsTheCode(desktop, accounts.anna));
	const code = await start(phone);
	await phone.context().setOffline(true);
	await typePairingCode(desktop, code);
	await expect(dialog(desktop)).toContainText(/Finishing on your phone/);
	await phone.context().setOffline(false);
	await expect(dialog(desktop)).toContainText("Step 3 of 3", { timeout: 30_000 });
});

test("the keys cannot be read, by us or by anyone", async ({ desktop, phone }) => {
	await openLink(phone, await getAsFarAsTheCode(desktop, accounts.anna));
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
