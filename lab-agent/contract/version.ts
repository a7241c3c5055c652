/** App and agent greet each other with this number; a different one is refused with a hint to update both. */
export const CONTRACT_VERSION = 2;
