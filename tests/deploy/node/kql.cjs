// Reads {tables, queries} and prints [name, fault] for whatever Kusto's own analysis does not take.
const folder = `${process.argv[2]}/node_modules/@kusto/language-service-next`;
require(`${folder}/bridge.js`);
require(`${folder}/Kusto.Language.Bridge.js`);
const { tables, queries } = JSON.parse(require("fs").readFileSync(0, "utf8"));
const { TableSymbol, DatabaseSymbol } = Kusto.Language.Symbols;
const known = Object.entries(tables).map(([name, columns]) => new TableSymbol.$ctor7(name, columns, null));
const globals = Kusto.Language.GlobalState.Default.WithDatabase(new DatabaseSymbol.ctor("workspace", known));
const faults = Object.entries(queries).flatMap(([name, text]) =>
  Bridge.toArray(Kusto.Language.KustoCode.ParseAndAnalyze(text, globals).GetDiagnostics()).map((one) => [name, one.Message]),
);
console.log(JSON.stringify(faults));
