import * as z from 'zod';

export const solutionAnswer = z.object({ node: z.string(), script: z.string() });
export const quizAnswer = z.object({ right: z.boolean(), explain: z.string().optional() });
