"""Models as pictures: a graph of nodes and edges, which the formats html, dot, mermaid and svg draw."""
