/** Words round the page of known gaps; what it says is docs/known-gaps.md. */
export const knownGaps = { title: 'Known gaps', intro: 'What the proof that no path leaks does not cover, and what is known to tell more than it should. It is kept with the program, so it is the page for this version.' } as const;
