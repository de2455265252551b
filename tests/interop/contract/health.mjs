// The doors that nothing is to be asked of: health, and the document.

export default function cases() {
  return [
    { op: 'getLive', status: 200 },
    { op: 'getReady', status: 200 },
    { op: 'getHealth', status: 200 },
    { op: 'getMetrics', status: 200 },
    { op: 'getOpenapi', status: 200 },
    { op: 'getDocs', status: 200 },
    { op: 'getError', status: 200, path: { code: 'bad_job' } },
    { op: 'getError', status: 404, path: { code: 'nonsense' } },
  ];
}
