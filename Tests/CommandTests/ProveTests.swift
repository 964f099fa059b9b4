import Foundation
import Testing

/// A proof of one text and a proof of two, made by the program once for all tests.
private enum SharedProofs {
  private static let made = Result {
    let keys = try SharedKeys.path()
    let folder = URL(fileURLWithPath: keys).deletingLastPathComponent()
    let single = folder.appendingPathComponent("CommandTests.single").path
    let double = folder.appendingPathComponent("CommandTests.double").path
    let batch = folder.appendingPathComponent("CommandTests.jsonl")
    try Data(
      """
      {"prompt": "The king said to him", "max_new_tokens": 5}

      {"prompt_ids": [42, 79, 261], "max_new_tokens": 2}
      """.utf8
    ).write(to: batch)
    let outcomes = try [
      ["--prompt", "In the beginning", "--max-new-tokens", "6", "--proof", single],
      ["--batch", batch.path, "--proof", double],
    ].map { try Program.run(["prove", "--keys", keys, "--json"] + $0) }
    return (single: single, double: double, outcomes: outcomes)
  }

  static func get() throws -> (single: String, double: String, outcomes: [Program.Outcome]) { try made.get() }
}

@Suite("prove and verify", .serialized) struct ProveTests {
  /// A folder that holds the verifier's key and nothing else.
  private func verifierKey(in workspace: Workspace) throws -> String {
    let copy = workspace.path("verifier.key")
    try FileManager.default.copyItem(atPath: SharedKeys.path() + "/verifier.key", toPath: copy)
    return copy
  }

  private func modelIdentifier() throws -> String {
    try String(contentsOfFile: SharedKeys.path() + "/model-id.txt", encoding: .utf8)
      .trimmingCharacters(in: .whitespacesAndNewlines)
  }

  @Test("prove --json: what it says, and plain progress on standard error")
  func proveReport() throws {
    let outcomes = try SharedProofs.get().outcomes
    for (outcome, count) in zip(outcomes, [1, 2]) {
      #expect(outcome.status == 0, "\(outcome)")
      let object = try outcome.object()
      #expect(object["model_id"] as? String == (try modelIdentifier()))
      #expect(object["steps"] as? Int == count * 7 + 1)
      #expect((object["inferences"] as? [[String: Any]])?.count == count)
      #expect(object["zero_knowledge"] as? Bool == false)
      #expect((object["peak_rss_bytes"] as? Int ?? 0) > 1 << 20)
      let seconds = try #require(object["seconds"] as? [String: Double])
      #expect(Set(seconds.keys) == ["inference", "fold", "compress", "total"])
      #expect(seconds.values.allSatisfy { $0 > 0 })
      #expect((object["output_ids"] != nil) == (count == 1) && (object["prompt_ids"] != nil) == (count == 1))
      #expect(outcome.errors.contains("step \(count * 7 + 1)/\(count * 7 + 1)") && !outcome.errors.contains("\r"))
    }
    let size = try FileManager.default.attributesOfItem(atPath: SharedProofs.get().single)[.size] as? Int
    #expect(try outcomes[0].object()["proof_bytes"] as? Int == size)
    #expect((size ?? .max) < 64 * 1024)
  }

  @Test("verify: another process with only verifier.key accepts, and says what it checked")
  func verify() throws {
    let workspace = try Workspace()
    let key = try verifierKey(in: workspace)
    let (single, double, outcomes) = try SharedProofs.get()
    let arguments = ["verify", "--verifier-key", key, "--proof"]
    let plain = try Program.run(arguments + [single])
    #expect(plain.status == 0, "\(plain)")
    #expect(plain.output.contains("model id not checked against yours"))
    #expect(plain.output.contains("prompt not checked against yours"))

    let checked = try Program.run(
      arguments + [single, "--model-id", modelIdentifier(), "--prompt", "In the beginning", "--json"])
    #expect(checked.status == 0, "\(checked)")
    let object = try checked.object()
    #expect(object["valid"] as? Bool == true && object["complete"] as? Bool == true)
    #expect(object["output_ids"] as? [Int] == (try outcomes[0].object()["output_ids"] as? [Int]))
    #expect(object["text"] as? String == (try outcomes[0].object()["text"] as? String))
    #expect(object["steps"] as? Int == 8 && object["proof_bytes"] is Int && object["seconds"] is Double)
    #expect(object["reason"] is String)
    #expect(try object["model_id"] as? String == modelIdentifier())

    let both = try Program.run(arguments + [double, "--prompt", "The king said to him", "--prompt-ids", "42,79,261"])
    #expect(both.status == 0, "\(both)")
    let swapped = try Program.run(
      arguments + [double, "--prompt-ids", "42,79,261", "--prompt", "The king said to him"])
    #expect(swapped.status == 1, "\(swapped)")
  }

  @Test("Rejects: exit code 1, one sentence or one object", arguments: [false, true])
  func notValid(json: Bool) throws {
    let workspace = try Workspace()
    let single = try SharedProofs.get().single
    let proof = try Data(contentsOf: URL(fileURLWithPath: single))
    var flipped = proof
    flipped[proof.count / 2] ^= 4
    for (name, bytes) in [
      ("flipped", flipped), ("short", proof.dropLast()), ("long", proof + Data([0])), ("empty", Data()),
      ("text", Data("not a proof".utf8)),
    ] {
      let file = workspace.folder.appendingPathComponent(name)
      try bytes.write(to: file)
      try expectNotValid(["--proof", file.path], json: json)
    }
    try expectNotValid(["--proof", workspace.folder.path], json: json)
    try expectNotValid(["--proof", single, "--model-id", String(repeating: "0", count: 64)], json: json)
    try expectNotValid(["--proof", single, "--prompt", "Another prompt"], json: json)
  }

  private func expectNotValid(_ arguments: [String], json: Bool) throws {
    let outcome = try Program.run(
      ["verify", "--verifier-key", SharedKeys.path() + "/verifier.key"] + arguments + (json ? ["--json"] : []))
    #expect(outcome.exited && outcome.status == 1, "\(outcome)")
    if json {
      let object = try outcome.object()
      #expect(object["valid"] as? Bool == false && object["exit_code"] as? Int == 1)
      #expect(object["reason"] as? String == object["error"] as? String && object["reason"] is String)
    } else {
      #expect(outcome.output.isEmpty && outcome.errors.hasSuffix(".\n"))
    }
  }

  @Test("prove --private-prompt: digest and salt instead of the prompt; keys with a secret seed give zero-knowledge")
  func privatePrompt() throws {
    let workspace = try Workspace()
    let (keys, proof, salt) = (workspace.path("keys"), workspace.path("proof"), workspace.path("salt"))
    let setup = try Program.run(["setup", "--model", Model.folder.path, "--max-tokens", "12", "--out", keys])
    #expect(setup.status == 0, "\(setup)")
    let proved = try Program.run([
      "prove", "--keys", keys, "--prompt", "In the beginning", "--max-new-tokens", "2", "--proof", proof,
      "--private-prompt", "--salt-out", salt, "--json",
    ])
    #expect(proved.status == 0, "\(proved)")
    let made = try proved.object()
    #expect(made["zero_knowledge"] as? Bool == true)
    let written = try String(contentsOfFile: salt, encoding: .utf8)
    let digits = try #require(made["salt"] as? String)
    #expect(written == digits + "\n" && digits.count == 64)
    let mode = try FileManager.default.attributesOfItem(atPath: salt)[.posixPermissions] as? Int
    #expect(mode == 0o600)

    let verify = ["verify", "--verifier-key", keys + "/verifier.key", "--proof", proof, "--json"]
    let blind = try Program.run(verify).object()
    let digest = try #require(blind["prompt_digest"] as? String)
    #expect(blind["valid"] as? Bool == true && blind["prompt_ids"] == nil && digest.count == 64)
    #expect(blind["output_ids"] as? [Int] == made["output_ids"] as? [Int])
    let known = try Program.run(verify + ["--prompt", "In the beginning", "--salt", digits])
    #expect(known.status == 0, "\(known)")
    #expect(try known.object()["prompts_checked"] as? Bool == true)
    for wrong in [["--prompt", "In the beginning"], ["--prompt", "In the end", "--salt", digits]] {
      #expect(try Program.run(verify + wrong).status == 1)
    }
    for usage in [["--salt", digits], ["--prompt", "a", "--salt", "xyz"]] {
      #expect(try Program.run(verify + usage).status == 64)
    }
    let inspected = try Program.run(["inspect", "--proof", proof, "--json"]).object()
    let claim = try #require((inspected["inferences"] as? [[String: Any]])?.first)
    #expect(claim["prompt_ids"] == nil && claim["prompt_digest"] as? String == digest)
    #expect(claim["prompt_length"] as? Int == (made["prompt_ids"] as? [Int])?.count)
  }

  @Test("Rejects: what verify and prove cannot start with")
  func badInput() throws {
    let keys = try SharedKeys.path()
    let workspace = try Workspace()
    let proof = workspace.path("proof")
    let (key, single) = (keys + "/verifier.key", try SharedProofs.get().single)
    try expectRefusal(["verify", "--verifier-key", key, "--proof", proof], 66, mentions: ["proof"])
    try expectRefusal(["verify", "--verifier-key", workspace.path("none"), "--proof", single], 66, mentions: ["none"])
    try expectRefusal(["verify", "--verifier-key", single, "--proof", single], 65, mentions: ["CommandTests.single"])
    try expectRefusal(["verify", "--verifier-key", key, "--proof", single, "--model-id", "xyz"], 64)
    try expectRefusal(["verify", "--verifier-key", key, "--proof", single, "--prompt-ids", "512"], 65)
    let prove = ["prove", "--keys", keys, "--proof", proof]
    try expectRefusal(prove + ["--prompt", "a"], 64, mentions: ["--max-new-tokens"])
    try expectRefusal(prove + ["--max-new-tokens", "3"], 64)
    try expectRefusal(prove + ["--prompt", "a", "--max-new-tokens", "64"], 65, mentions: ["64"])
    try expectRefusal(prove + ["--prompt-ids", "900", "--max-new-tokens", "1"], 65, mentions: ["900"])
    try expectRefusal(prove + ["--batch", workspace.path("none.jsonl")], 66, mentions: ["none.jsonl"])
    try expectRefusal(
      ["prove", "--keys", keys, "--proof", "/no/such/proof", "--prompt", "a", "--max-new-tokens", "1"], 73,
      mentions: ["/no/such/proof"])
    for (line, mention) in [
      ("", "no prompts"), ("{", "line 1"), ("{\"prompt\": \"a\"}", "line 1"), ("{\"max_new_tokens\": 2}", "line 1"),
      ("{\"prompt\": \"a\", \"prompt_ids\": [1], \"max_new_tokens\": 2}", "line 1"),
      ("{\"prompt\": \"a\", \"max_new_tokens\": 1}\n{\"prompt\": 3, \"max_new_tokens\": 1}", "line 2"),
      ("{\"prompt\": \"a\", \"max_new_tokens\": 0}", "Zero"),
      ("{\"prompt\": \"\", \"max_new_tokens\": 1}", "no tokens"),
    ] {
      let batch = try workspace.write(line, to: "batch.jsonl")
      try expectRefusal(prove + ["--batch", batch], 65, mentions: [mention])
    }
    #expect(try workspace.names() == ["batch.jsonl"], "neither a proof nor a part of one is left")
  }

  /// A run of `prove` that has created its unfinished file.
  private func runningProof(in workspace: Workspace) throws -> Process {
    let process = Process()
    process.executableURL = Program.url
    process.arguments = [
      "prove", "--keys", try SharedKeys.path(), "--prompt", "In the beginning", "--max-new-tokens", "40", "--proof",
      workspace.path("proof"),
    ]
    (process.standardOutput, process.standardError) = (FileHandle.nullDevice, FileHandle.nullDevice)
    try process.run()
    while process.isRunning, try workspace.names().isEmpty { usleep(10_000) }
    return process
  }

  @Test("an interrupted prove leaves no file", arguments: [SIGINT, SIGTERM])
  func interrupted(number: Int32) throws {
    let workspace = try Workspace()
    let process = try runningProof(in: workspace)
    #expect(try workspace.names().count == 1)
    kill(process.processIdentifier, number)
    process.waitUntilExit()
    #expect(process.terminationReason == .uncaughtSignal && process.terminationStatus == number)
    #expect(try workspace.names() == [])
  }

  @Test("what a killed prove leaves, the next file of that name removes; not what a living one is writing")
  func killed() throws {
    let workspace = try Workspace()
    let killed = try runningProof(in: workspace)
    kill(killed.processIdentifier, SIGKILL)
    killed.waitUntilExit()
    let left = try workspace.names()
    #expect(left.count == 1 && left[0].hasPrefix(".proof."))
    _ = try workspace.write("", to: ".proof.txt")
    let living = try runningProof(in: workspace)
    while living.isRunning, try workspace.names().contains(left[0]) { usleep(10_000) }
    let names = try workspace.names()
    #expect(names.count == 2 && names.contains(".proof.txt") && names != left)
    let other = try Program.run([
      "generate", "--keys", SharedKeys.path(), "--prompt", "a", "--max-new-tokens", "1", "--logits",
      workspace.path("proof"),
    ])
    #expect(other.status == 0, "\(other)")
    if living.isRunning { #expect(try Set(workspace.names()) == Set(names + ["proof"])) }
    kill(living.processIdentifier, SIGTERM)
    living.waitUntilExit()
    #expect(try workspace.names() == [".proof.txt", "proof"])
  }

  @Test("inspect shows keys and proofs") func inspect() throws {
    let keys = try Program.run(["inspect", "--keys", SharedKeys.path(), "--rows", "--json"])
    let object = try keys.object()
    #expect(try object["model_id"] as? String == modelIdentifier())
    #expect(object["max_tokens"] as? Int == 64)
    #expect((object["parts"] as? [[String: Any]])?.isEmpty == false)
    let proof = try Program.run(["inspect", "--proof", SharedProofs.get().double, "--json"])
    #expect((try proof.object()["inferences"] as? [[String: Any]])?.count == 2)
    #expect(try proof.object()["verified"] as? Bool == false)
    try expectRefusal(["inspect"], 64)
    try expectRefusal(["inspect", "--proof", SharedProofs.get().double, "--rows"], 64)
  }
}
