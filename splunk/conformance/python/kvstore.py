"""The KV store by splunk-sdk for Python, as its documentation has it: collections, records, queries, batches."""
import json

from harness import check, refused


def kvstore(service):
    service.namespace["app"] = "search"
    service.namespace["owner"] = "nobody"
    stores = service.kvstore
    stores.create("conformance")
    check("a collection is made, and found", "conformance" in stores)
    refused("once", lambda: stores.create("conformance"), 409)
    data = stores["conformance"].data
    for x in range(50):
        data.insert(json.dumps({"_key": str(x), "data": f"#{x}", "num": x, "tags": {"even": x % 2 == 0}}))
    check("records are kept", len(data.query()), 50)
    check("and found", [r["data"] for r in data.query(query=json.dumps({"num": 10}))], ["#10"])
    check("by their key", data.query_by_id("7")["num"], 7)
    check("by fields in fields", len(data.query(query=json.dumps({"tags.even": True}))), 25)
    for name, query, want in (
        ("$gt and $lte", {"num": {"$gt": 5, "$lte": 8}}, [6, 7, 8]),
        ("$or", {"$or": [{"num": 1}, {"data": "#3"}]}, [1, 3]),
        ("$and", {"$and": [{"num": {"$gte": 48}}, {"tags.even": False}]}, [49]),
        ("$ne", {"num": {"$ne": 0, "$lt": 3}}, [1, 2]),
        ("$not", {"$not": {"num": {"$gt": 1}}}, [0, 1]),
    ):
        check(name, [r["num"] for r in data.query(query=json.dumps(query), sort="num")], want)
    check("sorted backwards, with limit and skip", [r["num"] for r in data.query(sort="num:-1", limit=3, skip=2)], [47, 46, 45])
    check("by one field and then another", [r["num"] for r in data.query(sort="tags.even:-1,num:-1", limit=3)], [48, 46, 44])
    check("a choice of fields", data.query(query=json.dumps({"num": 4}), fields="num,_key:0"), [{"num": 4}])
    made = data.insert(json.dumps({"data": "no key"}))["_key"]
    check("a key is given", data.query_by_id(made)["data"], "no key")
    refused("the same key once more", lambda: data.insert(json.dumps({"_key": "7"})), 409)
    refused("what is no JSON", lambda: data.insert("NOT VALID DATA"), 400)
    refused("nor in a change", lambda: data.update(made, "NOT VALID DATA"), 400)
    data.update("49", json.dumps({"num": 50}))
    changed = data.query_by_id("49")
    check("a change replaces the record", (changed["num"], "data" in changed), (50, False))
    saved = data.batch_save({"_key": "7", "num": 70}, {"_key": "new", "num": 71}, {"num": 72})
    check("a batch makes and replaces", (saved[:2], len(saved)), (["7", "new"], 3))
    found = data.batch_find({"query": {"num": {"$gte": 70}}, "sort": "num"}, {"query": {"num": -1}})
    check("a batch of queries, a list each", [[r["num"] for r in one] for one in found], [[70, 71, 72], []])
    data.delete_by_id("new")
    refused("what is deleted is gone", lambda: data.query_by_id("new"), 404)
    data.delete(json.dumps({"num": {"$gt": 39}}))
    check("a query deletes what it finds", len(data.query()), 40)
    data.delete()
    check("no query deletes all", data.query(), [])
    stores["conformance"].delete()
    check("a collection is deleted", "conformance" in stores, False)
    refused("with its records", lambda: data.query(), 404)
