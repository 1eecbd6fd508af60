"""Run by the Python that has openenv: lists and calls the tools with its own MCP client. Arguments: address, token."""

import json
import sys

from openenv.core.mcp_client import MCPToolClient

address, token = sys.argv[1:]
with MCPToolClient(base_url=address, headers={"Authorization": f"Token {token}"}).sync() as client:
    tools = [tool.name for tool in client.list_tools()]
    client.reset(seed=0)
    called = client.call_tool("inspect_purchase_order")
    json.dump({"tools": tools, "called": called, "steps": client.state().step_count}, sys.stdout)
