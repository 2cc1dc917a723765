// Every screen and step: axe, no sideways scroll, in light and dark, wide and 320 px, with forced colours and with
// reduced motion. A new screen gets a line here.
import type { BrowserContextOptions, Page } from "@playwright/test";
import { expectAccessible, expectNoSidewaysScroll } from "../fixture/accessibility.ts";
import { accounts } from "../fixture/account.ts";
import { expectInstalled, openLink, start } from "../fixture/phone.ts";
import {
	dialog,
	expectDone,
	pairingField,
	showCode,
	signIn,
	startGetMobileId,
	typePairingCode,
} from "../fixture/portal.ts";
import { expect, test } from "../fixture/test.ts";

const looks: Record<string, BrowserContextOptions> = {
	"light, wide": { colorScheme: "light" },
	"dark, wide": { colorScheme: "dark" },
	"light, 320 px": { colorScheme: "light", viewport: { width: 320, height: 640 } },
	"dark, 320 px": { colorScheme: "dark", viewport: { width: 320, height: 640 } },
	"forced colours": { forcedColors: "active" },
	"reduced motion": { reducedMotion: "reduce" },
};

for (const [look, options] of Object.entries(looks)) {
	test(`every screen and step, ${look}`, async ({ open }) => {
		test.setTimeout(120_000);
		const desktop = await open("desktop", options);
		// The phone scans what the wide screen shows; at 320 px there is a button in place of the code.
		const phone = await open("pixel", options);
		const look = async (page: Page, screen: string) => {
			await expectAccessible(page, screen);
			await expectNoSidewaysScroll(page, screen);
			if (options.reducedMotion) await expectStill(page, screen);
		};

		await desktop.goto("/sign-in");
		await expect(desktop.getByRole("button", { name: "Sign in" })).toBeVisible();
		await look(desktop, "sign in");
		await desktop.getByRole("button", { name: "Sign in" }).click();
		await expect(desktop.getByLabel("User name")).toHaveAccessibleDescription(/.+/);
		await look(desktop, "sign in, with errors");

		await signIn(desktop, accounts.bertil);
		await look(desktop, "dashboard");
		await desktop.goto("/mobile-ids");
		await expect(desktop.getByRole("heading", { level: 1, name: "Mobile ID" })).toBeVisible();
		await look(desktop, "mobile IDs, none");
		await desktop.goto("/");

		await startGetMobileId(desktop);
		await look(desktop, "dialog, step 1");
		const link = await linkOf(desktop, options);
		await look(desktop, "dialog, step 2, waiting");

		await phone.goto("/m");
		await expect(phone.getByRole("textbox")).toBeVisible();
		await look(phone, "phone, without a code");
		await phone.goto("about:blank");
		await openLink(phone, link);
		await look(phone, "phone, the question");
		const code = await start(phone);
		await look(phone, "phone, the pairing code");
		await expect(pairingField(desktop)).toBeVisible();
		await look(desktop, "dialog, step 2, pairing code");
		await typePairingCode(desktop, code);
		await expectInstalled(phone);
		await look(phone, "phone, installed");
		await expectDone(desktop);
		await look(desktop, "dialog, step 3");

		await phone.goto("about:blank");
		await phone.goto("/m");
		await expect(phone.getByRole("main")).toContainText("MobileID Bertil");
		await look(phone, "phone, mobile IDs on this phone");

		await desktop.goto("/");
		await expect(desktop.getByRole("main")).toContainText("Active");
		await look(desktop, "dashboard, with a mobile ID");
		await desktop.goto("/mobile-ids");
		await desktop.getByRole("link", { name: /MobileID Bertil/ }).click();
		await expect(desktop.getByRole("heading", { name: "Possible actions" })).toBeVisible();
		await look(desktop, "a mobile ID");
	});
}

/** To the second step; the link from where this width shows it. */
async function linkOf(page: Page, options: BrowserContextOptions): Promise<string> {
	if (!options.viewport) return await showCode(page);
	await dialog(page).getByRole("button", { name: "Next" }).click();
	const link = dialog(page).getByRole("link", { name: "Set up this phone" });
	await expect(link).toHaveAttribute("href", /#/);
	return (await link.getAttribute("href")) ?? "";
}

async function expectStill(page: Page, screen: string): Promise<void> {
	const moving = await page.evaluate(() =>
		document
			.getAnimations()
			.filter((animation) => animation.playState === "running")
			.map((animation) => (animation as CSSAnimation).animationName ?? "a transition"),
	);
	expect(moving, `what moves on "${screen}"`).toEqual([]);
}

test("the demo says that it is one, on every page", async ({ desktop, phone }) => {
	for (const page of [desktop, phone]) {
		await page.goto(page === phone ? "/m" : "/sign-in");
		await expect(page.getByText(/this is a demo/i)).toBeVisible();
	}
	await signIn(desktop, accounts.anna);
	for (const path of ["/", "/mobile-ids"]) {
		await desktop.goto(path);
		await expect(desktop.getByText(/this is a demo/i)).toBeVisible();
	}
});
