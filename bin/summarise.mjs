/**
 * Counts what `npm test` ran, for its last line.
 *
 * `checks` are the static ones, `{ title, passed }`, one each; `jest` is the report jest writes with --json, or null
 * where there is none; `jestPassed` is whether jest itself was content. A test file that could not run counts as one
 * failure, and so does a jest that is discontent although every test passed: nothing failed may be counted as nothing.
 */
export function summarise(checks, jest, jestPassed) {
  const failedChecks = checks.filter((check) => !check.passed).map((check) => check.title);
  const files = jest?.testResults ?? [];
  const tests = files.flatMap((file) => file.assertionResults);
  const titles = (...states) => tests.filter((test) => states.includes(test.status)).map((test) => test.fullName);
  const unrunnable = files.filter((file) => file.status === 'failed' && file.assertionResults.every((test) => test.status !== 'failed')).map((file) => file.name);
  const failures = [...failedChecks, ...titles('failed'), ...unrunnable];
  if (failures.length === failedChecks.length && !jestPassed) failures.push('jest did not finish well');
  const skipped = titles('pending', 'skipped', 'disabled', 'todo');
  const passed = checks.length - failedChecks.length + titles('passed').length;
  const count = `${passed} passed, ${failures.length} failed${skipped.length > 0 ? `, ${skipped.length} skipped` : ''}`;
  return {
    passed,
    failed: failures.length,
    lines: [...failures.map((title) => `failed: ${title}`), ...skipped.map((title) => `skipped: ${title}`), count],
  };
}
