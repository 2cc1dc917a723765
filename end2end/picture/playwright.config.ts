// Draws the pictures of the README anew: `npx playwright test -c picture` in end2end/.
import tests from "../playwright.config.ts";

export default { ...tests, testDir: ".", outputDir: "../result/picture", reporter: "list" };
