export { bindIpc } from './bind.ts';
export { createDispatcher, type Dispatcher, type Handlers } from './dispatch.ts';
