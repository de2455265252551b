// The door of miners: two attempts wait for a result, one in each form.

export default function cases(f) {
  const { native, dippy } = f;
  const input = Object.fromEntries(new URL(native.input_url).searchParams);
  const secret = { 'X-Callback-Secret': native.secret };
  const dippySecret = { 'X-Callback-Secret': dippy.secret };
  const told = { job_id: dippy.id, status: 'failed', completed_at: '2026-01-01T00:00:00Z', error: 'none' };
  return [
    { op: 'getInput', status: 200, path: { id: native.id }, query: input },
    { op: 'getInput', status: 403, path: { id: native.id }, query: { ...input, signature: 'nonsense' } },
    { op: 'bringResult', status: 403, path: { id: native.id }, json: { output: { text: 'x' } }, headers: { 'X-Callback-Secret': 'nonsense' } },
    { op: 'bringResult', status: 400, path: { id: native.id }, raw: '{"output":', headers: { ...secret, 'Content-Type': 'application/json' } },
    { op: 'bringResult', status: 415, path: { id: native.id }, raw: 'x', headers: { ...secret, 'Content-Type': 'text/plain' } },
    { op: 'bringResult', status: 200, path: { id: native.id }, json: { status: 'completed', output: { text: 'x' } }, headers: secret },
    { op: 'bringResult', status: 200, path: { id: native.id }, json: { status: 'completed', output: { text: 'x' } }, headers: secret },
    { op: 'bringDippyResult', status: 403, form: told, headers: { 'X-Callback-Secret': 'nonsense' } },
    { op: 'bringDippyResult', status: 415, raw: 'x', headers: { ...dippySecret, 'Content-Type': 'text/plain' } },
    { op: 'bringDippyResult', status: 200, form: told, headers: dippySecret },
  ];
}
