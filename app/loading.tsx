/** The shape of a page of courses. */
export default function Loading() {
  return (
    <div aria-busy="true">
      <div className="h-12 border-line border-b bg-surface" />
      <div className="mx-auto max-w-3xl space-y-5 px-6 py-14">
        <div className="pulse h-9 w-2/3 rounded bg-line" />
        <div className="pulse h-5 w-full rounded bg-line" />
        <div className="pulse mt-12 h-40 w-full rounded-xl bg-line" />
      </div>
    </div>
  );
}
