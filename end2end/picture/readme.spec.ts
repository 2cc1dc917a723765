// docs/picture/get-mobile-id.png: the dialog with the QR code, and the phone that scanned it.
import path from "node:path";
import { accounts } from "../fixture/account.ts";
import { openLink, start } from "../fixture/phone.ts";
import { getAsFarAsTheCode } from "../fixture/portal.ts";
import { repository } from "../fixture/server.ts";
import { expect, test } from "../fixture/test.ts";

test("the README's picture", async ({ open, browser }) => {
	const desktop = await open("desktop", { colorScheme: "light", viewport: { width: 1120, height: 720 } });
	const phone = await open("pixel", { colorScheme: "light", viewport: { width: 360, height: 720 } });
	const link = await getAsFarAsTheCode(desktop, accounts.anna);
	const portal = await desktop.screenshot();
	await openLink(phone, link);
	await start(phone);
	const page = await browser.newPage({ viewport: { width: 1560, height: 800 } });
	const picture = (png: Buffer, height: number) =>
		`<img height="${height}" src="data:image/png;base64,${png.toString("base64")}">`;
	await page.setContent(
		`<style>
			body { margin: 0; height: 800px; display: flex; gap: 40px; align-items: center; justify-content: center; background: #e9ece9 }
			img { border-radius: 12px; box-shadow: 0 8px 32px #0003 }
		</style>${picture(portal, 720)}${picture(await phone.screenshot(), 720)}`,
	);
	await expect(page.locator("img")).toHaveCount(2);
	await page.screenshot({ path: path.join(repository, "docs/picture/get-mobile-id.png") });
});
