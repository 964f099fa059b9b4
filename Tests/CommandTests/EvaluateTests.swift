import Foundation
import Testing

@Suite("evaluate") struct EvaluateTests {
  /// The validation tokens of the bundled model: 64 windows of 64, and what the float library measured.
  private let tokens = Bundle.module.bundleURL.appendingPathComponent("Vectors/val_tokens.json").path
  private let reference = Bundle.module.bundleURL.appendingPathComponent("Vectors/reference.json").path

  private func evaluate(_ arguments: String...) throws -> [String: Any] {
    let outcome = try Program.run(["evaluate", "--keys", SharedKeys.path(), "--json"] + arguments)
    #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome)")
    return try outcome.object()
  }

  @Test("KnownAnswer: perplexity within 0.5 % of the float model, the same greedy token at 99 % of positions or more")
  func accuracy() throws {
    let report = try evaluate("--tokens", tokens, "--model", Model.folder.path)
    #expect(report["predictions"] as? Int == 4032)
    let perplexity = try #require(report["perplexity"] as? Double)
    #expect(abs(perplexity / 11.121518 - 1) < 0.005)
    #expect(abs(log(perplexity) - (try #require(report["mean_negative_log_likelihood"] as? Double))) < 1e-12)
    #expect(abs(try #require(report["reference_perplexity"] as? Double) - 11.121518) < 0.001)
    #expect(abs(try #require(report["accuracy"] as? Double) - 0.409722) < 0.005)
    let agreement = try #require(report["agreement"] as? [String: Any])
    #expect(agreement["positions"] as? Int == 4096 && agreement["logit_positions"] as? Int == 4096)
    #expect(try #require(agreement["greedy_agreement"] as? Double) >= 0.99)
    #expect(try #require(agreement["mean_logit_error"] as? Double) < 0.05)
    let headroom = try #require(report["headroom"] as? [[String: Any]])
    #expect(headroom.count == 5 * 18 + 3)
    for width in headroom {
      let (bits, used) = (width["bits"] as? Int ?? 0, width["used"] as? Int ?? 0)
      #expect(width["left"] as? Int == bits - used && bits > used && used > 0, "\(width)")
    }
    #expect(headroom.first?["layer"] as? Int == 0 && headroom.last?["layer"] == nil)
  }

  @Test("KnownAnswer: reference logits and greedy tokens; windows of another length")
  func references() throws {
    let report = try evaluate("--tokens", tokens, "--context", "32", "--reference", reference)
    #expect(report["predictions"] as? Int == 31 * 128)
    #expect(report["reference_perplexity"] == nil, "nothing is known about these windows")
    let agreement = try #require(report["agreement"] as? [String: Any])
    #expect(agreement["positions"] as? Int == 128 && agreement["same_greedy_token"] as? Int == 128)
    #expect(agreement["logit_positions"] as? Int == 8)
    #expect(try #require(agreement["largest_logit_error"] as? Double) < 0.05)
  }

  @Test("the text for people: measures, then a table of the room left") func text() throws {
    let workspace = try Workspace()
    let short = try workspace.write("[42, 79, 261, 299, 72]", to: "short.json")
    let outcome = try Program.run(["evaluate", "--keys", SharedKeys.path(), "--tokens", short])
    let lines = outcome.output.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.first?.hasPrefix("perplexity") == true && lines.first?.contains("4 predictions") == true)
    #expect(lines.contains { $0.split(separator: " ") == ["tensor", "bits", "left", "0", "1", "2", "3", "4"] })
    #expect(lines.contains { $0.hasPrefix("gate") })
  }

  @Test("setup --headroom: over its own texts every width that calibration chose has a bit left") func headroom() throws
  {
    let workspace = try Workspace()
    let text = try workspace.write("[0, 42, 79, 261, 299, 72]", to: "text.json")
    let setup = ["setup", "--model", Model.folder.path, "--max-tokens", "16", "--calibration", text, "--out"]
    let outcome = try Program.run(setup + [workspace.path("keys"), "--headroom", "--json"])
    let widths = try #require(try outcome.object()["headroom"] as? [[String: Any]])
    #expect(widths.count == 5 * 18 + 3)
    #expect(widths.allSatisfy { $0["left"] as? Int ?? 0 >= 1 }, "\(widths)")
    // The widest value of each kind takes all but one bit, in some layer.
    for tensor in ["query", "key", "value", "gate", "up", "hidden"] {
      let left = widths.filter {
        $0["tensor"] as? String ?? "" == tensor || $0["tensor"] as? String == "rotated" + tensor.capitalized
      }
      #expect(left.compactMap { $0["left"] as? Int }.min() == 1, "\(tensor)")
    }
    let plain = try Program.run(setup + [workspace.path("keys"), "--json"])
    #expect(try plain.object()["headroom"] == nil)
    let people = try Program.run(setup + [workspace.path("keys"), "--headroom"])
    #expect(people.output.contains("\nheadNorm.normalized"))
  }

  @Test("Rejects: files, windows and models that cannot be evaluated") func rejections() throws {
    let (workspace, keys) = (try Workspace(), try SharedKeys.path())
    func refuse(_ status: Int32, _ mentions: [String], _ contents: String, _ more: String...) throws {
      let file = try workspace.write(contents, to: "text.json")
      try expectRefusal(["evaluate", "--keys", keys, "--tokens", file] + more, status, mentions: mentions)
    }
    try refuse(64, ["--context", "at least 2"], "[1, 2]", "--context", "1")
    try refuse(64, ["--reference", "--model"], "[1, 2]", "--reference", "x", "--model", "y")
    for contents in ["", "{}", "[1.5]", "{\"tokens\": \"many\"}", "{\"tokens\": [1, 2], \"context\": 1}"] {
      try refuse(65, ["text.json"], contents)
    }
    try refuse(65, ["no tokens"], "[]")
    try refuse(65, ["512"], "[1, 512]")
    try refuse(65, ["65", "64"], "[\(Array(repeating: "7", count: 65).joined(separator: ","))]", "--context", "65")
    try refuse(66, ["none.json"], "[1, 2]", "--reference", workspace.path("none.json"))
    try refuse(65, ["text.json", "prompts"], "[1, 2]", "--reference", workspace.path("text.json"))
    try refuse(66, ["none"], "[1, 2]", "--model", workspace.path("none"))
    let other = try workspace.copyOfModel(named: "other")
    let config = other.appendingPathComponent("config.json")
    var fields = try #require(try JSONSerialization.jsonObject(with: Data(contentsOf: config)) as? [String: Any])
    fields["rope_theta"] = 5000.0
    try JSONSerialization.data(withJSONObject: fields).write(to: config)
    try refuse(65, ["other", "another shape"], "[1, 2]", "--model", other.path)
    try expectRefusal(["evaluate", "--keys", keys, "--tokens", workspace.path("no.json")], 66, mentions: ["no.json"])
    try expectRefusal(["evaluate", "--keys", keys], 64, mentions: ["--tokens"])
  }
}
