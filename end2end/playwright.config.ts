// How the browser tests run: Debian's Chromium, two at a time, each test against a server of its own.
import { existsSync } from "node:fs";
import { defineConfig } from "@playwright/test";

const chromium = process.env.CHROMIUM ?? "/usr/bin/chromium";
if (!existsSync(chromium)) {
	throw new Error(`no browser at ${chromium}: run \`.ci/setup test\`, or set CHROMIUM to one`);
}

export default defineConfig({
	testDir: "spec",
	outputDir: "result/artifact",
	workers: 2,
	fullyParallel: true,
	forbidOnly: Boolean(process.env.CI),
	retries: 0,
	timeout: 60_000,
	expect: { timeout: 10_000 },
	reporter: [
		["list"],
		["json", { outputFile: "result/report.json" }],
		["html", { outputFolder: "report", open: "never" }],
	],
	use: {
		actionTimeout: 10_000,
		navigationTimeout: 20_000,
		locale: "en-GB",
		trace: "retain-on-failure",
		launchOptions: {
			executablePath: chromium,
			args: [
				"--no-sandbox",
				"--disable-quic",
				"--disable-background-networking",
				"--disable-component-update",
				"--disable-sync",
				"--no-first-run",
				// A host name that is no secure context, for the page that says so.
				"--host-resolver-rules=MAP plain.test 127.0.0.1",
			],
		},
	},
});
