export { type AgentSocket, createAgentSocket } from './server.ts';
export { refuseStrangeText, wishOfProfile } from './profile-wish.ts';
export { createSocketService } from './service.ts';
