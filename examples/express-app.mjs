// An Express app of one's own, guarded by Postern: a token opens what its limits say, and every use is on record.
//   POSTERN_DATA=./data POSTERN_BOOTSTRAP_ADMIN=admin:a-long-password node examples/express-app.mjs
// The token systems' own REST answers below the same path: `/jira/rest/extender/1.0/tokenTools/set` makes a token.
import express from 'express';
import { openPostern } from 'postern/express';

const postern = await openPostern(); // settings as for `postern start`
const app = express();
// Express would take /jira/rest/GREETING for the same route, and the rules of tokens and of the site would not.
app.enable('case sensitive routing').enable('strict routing');
app.use('/jira/rest', postern.protect({ product: 'jira' }));
app.get('/jira/rest/greeting', (request, response) => response.json({ hello: request.user.displayName }));
app.post('/jira/rest/greeting', (request, response) => response.status(201).json({ by: request.user.username }));

const server = app.listen(Number(process.env.PORT ?? 3000), '127.0.0.1', () => {
  console.log(`Listening on http://127.0.0.1:${server.address().port}`);
});
process.on('SIGTERM', () => server.close(() => void postern.close()));
