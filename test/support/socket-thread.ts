/** The module of the thread that holds the connections of the agent's socket, as Node runs it without a build. */
export const socketThreadUrl = new URL('../../electron/agent/socket/thread.ts', import.meta.url);
