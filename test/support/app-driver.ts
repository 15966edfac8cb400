export * from '../../scripts/lib/app-driver.ts';
