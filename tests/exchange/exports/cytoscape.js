// Prints what Cytoscape.js and graphology make of a GraphML file, as JSON.
const { JSDOM } = require("jsdom");
const page = new JSDOM("");
Object.assign(global, { window: page.window, document: page.window.document });
global.DOMParser = page.window.DOMParser;
const cytoscape = require("cytoscape");
require("cytoscape-graphml")(cytoscape, require("jquery"));
const text = require("fs").readFileSync(process.argv[2], "utf8");

console.warn = () => {};
const drawn = cytoscape({ headless: true });
drawn.graphml({ layoutBy: "preset" });
drawn.graphml(text);
const { DirectedGraph } = require("graphology");
const graph = require("graphology-graphml").parse(DirectedGraph, text);
console.log(JSON.stringify({
  cytoscape: {
    types: drawn.nodes().map((node) => node.data("type")),
    edges: drawn.edges().map((e) => [e.data("source"), e.data("target"), e.data("relation")]),
  },
  graphology: {
    types: graph.mapNodes((node, data) => data.type),
    edges: graph.mapEdges((edge, data, from, to) => [from, to, data.relation]),
  },
}));
