// Reads {tables, queries} and prints {faults, columns}: [name, fault] for whatever Kusto's own analysis does not take, and of each query the
// columns that it gives, with their types.
const folder = `${process.argv[2]}/node_modules/@kusto/language-service-next`;
require(`${folder}/bridge.js`);
require(`${folder}/Kusto.Language.Bridge.js`);
const { tables, queries } = JSON.parse(require("fs").readFileSync(0, "utf8"));
const { TableSymbol, DatabaseSymbol } = Kusto.Language.Symbols;
const known = Object.entries(tables).map(([name, columns]) => new TableSymbol.$ctor7(name, columns, null));
const globals = Kusto.Language.GlobalState.Default.WithDatabase(new DatabaseSymbol.ctor("workspace", known));
const faults = [];
const columns = {};
for (const [name, text] of Object.entries(queries)) {
  const code = Kusto.Language.KustoCode.ParseAndAnalyze(text, globals);
  faults.push(...Bridge.toArray(code.GetDiagnostics()).map((one) => [name, one.Message]));
  const given = Kusto.Language.Symbols.TableSymbol;
  columns[name] = Bridge.is(code.ResultType, given) ? Object.fromEntries(Bridge.toArray(code.ResultType.Columns).map((one) => [one.Name, one.Type.Name])) : {};
}
console.log(JSON.stringify({ faults, columns }));
