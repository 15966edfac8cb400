import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';

/** What axe finds on the page as it is now. Legacy mode: Electron cannot open the extra page that axe otherwise uses. */
export async function axeFindings(window: Page): Promise<string[]> {
  // axe brings types of another playwright-core of the same version line.
  const page = window as unknown as ConstructorParameters<typeof AxeBuilder>[0]['page'];
  const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze();
  return violations.map(
    (violation) => `${violation.id}: ${violation.nodes.map((node) => node.target.join(' ')).join(', ')}`,
  );
}
