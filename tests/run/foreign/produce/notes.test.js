// Tests of the small backend with every ending that Jest knows, for the report of jest-junit.
//
//   NOTES=http://localhost:PORT/api jest --rootDir . --reporters=jest-junit --
const base = process.env.NOTES || 'http://localhost:18431/api';

describe('notes', () => {
  test('GET /notes lists', async () => {
    expect((await fetch(`${base}/notes`)).status).toBe(200);
  });
  test('POST /notes creates', async () => {
    expect((await fetch(`${base}/notes`, { method: 'POST', body: '{"title": "First"}' })).status).toBe(500);
  });
  test('nobody there', async () => {
    await fetch('http://localhost:1/nothing');
  });
  test.skip('of another day', () => {});
  test.todo('DELETE /notes/1 deletes');
});
