// The product's main job, as two people would check it: one at the screen, one with openssl.
import { accounts } from "../fixture/account.ts";
import { describeCertificate, verifyCertificate } from "../fixture/openssl.ts";
import { expectInstalled, openLink, start } from "../fixture/phone.ts";
import { dialog, expectDone, getAsFarAsTheCode, pairingField, typePairingCode } from "../fixture/portal.ts";
import { headlessPhone } from "../fixture/program.ts";
import { expect, test } from "../fixture/test.ts";

for (const colorScheme of ["light", "dark"] as const) {
	test(`a mobile ID from sign-in to a certificate that openssl accepts, ${colorScheme}`, async ({
		server,
		open,
	}, info) => {
		const desktop = await open("desktop", { colorScheme });
		const phone = await open("pixel", { colorScheme });

		const link = await getAsFarAsTheCode(desktop, accounts.bertil);
		expect(link).toMatch(new RegExp(`^${server.url}/m#[A-Za-z0-9_-]{43}$`));
		await expect(dialog(desktop)).toContainText("Waiting for your phone");

		await openLink(phone, link);
		expect(phone.url(), "the secret leaves the address bar").toBe(`${server.url}/m`);
		await expect(phone.getByRole("main")).toContainText("B…");
		const code = await start(phone);

		await expect(dialog(desktop)).toContainText("Android");
		await typePairingCode(desktop, code);
		await expectInstalled(phone);
		await expectDone(desktop);
		await expect(dialog(desktop)).toContainText("MobileID Bertil");

		await desktop.goto("/mobile-ids");
		await desktop.getByRole("link", { name: /MobileID Bertil/ }).click();
		await expect(desktop.getByRole("main")).toContainText("Active");
		for (const usage of ["Authentication", "Signature"]) {
			const row = desktop.getByRole("row", { name: usage });
			await expect(row.getByText("Valid", { exact: true })).toHaveCount(2);
			const download = desktop.waitForEvent("download");
			await row.getByRole("link", { name: /PEM/ }).click();
			const file = info.outputPath(`${usage}.pem`);
			await (await download).saveAs(file);
			await verifyCertificate(server, file);
			expect(await describeCertificate(file)).toContain("CN=Bertil");
		}
	});
}

test("the headless phone takes the part of the phone page", async ({ server, desktop }, info) => {
	const link = await getAsFarAsTheCode(desktop, accounts.anna);
	const phone = headlessPhone(server, link);
	await expect(pairingField(desktop)).toBeVisible();
	await typePairingCode(desktop, await phone.pairingCode);
	await phone.finished;
	await expectDone(desktop);
	await verifyCertificate(server, `${phone.directory}/authentication.pem`);
	await verifyCertificate(server, `${phone.directory}/signature.pem`);
	info.annotations.push({ type: "keys in", description: phone.directory });
});
