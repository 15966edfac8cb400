export { runSelfTest, type SelfTestDeps } from './self-test.ts';
