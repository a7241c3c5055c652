/** A cloud of 168 × 84 (CLOUD in layout-topology.ts), its top at the middle a little below 0 so that a cable meets it. */
export const CLOUD_PATH =
  'M38,78 C14,78 6,62 12,48 C14,38 26,32 36,34 C38,16 62,4 82,10 C100,2 122,10 126,26 C146,22 162,36 158,54 C158,70 146,78 130,78 Z';
