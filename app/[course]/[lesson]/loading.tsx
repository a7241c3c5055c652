/** The lesson's shape while it is bundled for the first time; without words, since it is over in half a second. */
export default function Loading() {
  return (
    <div aria-busy="true" className="flex h-dvh flex-col">
      <div className="h-12 border-line border-b bg-surface" />
      <div className="grid flex-1 md:grid-cols-[46fr_54fr]">
        <div className="space-y-4 border-line border-r px-8 py-14">
          <div className="pulse h-8 w-2/3 rounded bg-line" />
          <div className="pulse h-4 w-full max-w-[60ch] rounded bg-line" />
          <div className="pulse h-4 w-5/6 max-w-[55ch] rounded bg-line" />
          <div className="pulse h-4 w-3/4 max-w-[50ch] rounded bg-line" />
        </div>
        <div className="bg-sunken/50 max-md:hidden" />
      </div>
    </div>
  );
}
