import Foundation
import Testing

@Suite("bench") struct BenchTests {
  @Test("Kernels: one object with the machine and a time for each operation")
  func kernels() throws {
    for (arguments, count) in [
      (["field", "--log-size", "6"], 2), (["msm", "--log-size", "6", "--bits", "8"], 1), (["poseidon"], 2),
      (["open", "--log-size", "5"], 2),
    ] {
      let outcome = try Program.run(["bench"] + arguments + ["--json"])
      #expect(outcome.status == 0)
      let object = try outcome.object()
      let machine = try #require(object["machine"] as? [String: Any])
      #expect(Set(machine.keys) == ["processor", "kernels", "threads"])
      let timings = try #require(object["timings"] as? [[String: Any]])
      #expect(timings.count == count)
      #expect(
        timings.allSatisfy { ($0["seconds"] as? Double ?? 0) > 0 && ($0["nanoseconds_each"] as? Double ?? 0) > 0 })
    }
  }

  @Test("A fold of synthetic constraints: the parts of the median step make up its time", arguments: [1, 16])
  func fold(bits: Int) throws {
    let outcome = try Program.run([
      "bench", "fold", "--log-constraints", "14", "--bits", "\(bits)", "--repetitions", "3", "--json",
    ])
    #expect(outcome.status == 0, "\(outcome)")
    let fold = try #require(try outcome.object()["fold"] as? [String: Any])
    #expect(fold["constraints"] as? Int == 1 << 14 && fold["bits"] as? Int == bits)
    let phases = try #require(fold["phases"] as? [[String: Any]])
    let runs = try #require(fold["runs"] as? [Double])
    let seconds = try #require(fold["seconds"] as? Double)
    #expect(runs.count == 3 && runs.sorted()[1] == seconds)
    #expect(abs(phases.compactMap { $0["seconds"] as? Double }.reduce(0, +) - seconds) < 1e-6)
    #expect(abs((fold["nanoseconds_per_constraint"] as? Double ?? 0) * 1e-9 * 16384 - seconds) < 1e-6)
  }

  @Test("One layer of a random model, folded and checked", arguments: [[], ["--ternary"]])
  func layer(options: [String]) throws {
    let outcome = try Program.run(
      [
        "bench", "layer", "--hidden", "16", "--intermediate", "20", "--heads", "2", "--kv-heads", "1", "--tokens", "3",
        "--json",
      ] + options)
    #expect(outcome.status == 0, "\(outcome)")
    let object = try outcome.object()
    let layer = try #require(object["layer"] as? [String: Any])
    #expect(layer["is_checked"] as? Bool == true && layer["positions"] as? Int == 4)
    #expect(layer["weights"] as? Int == 16 * (16 + 16 + 8 + 8 + 3 * 20))
    let (once, step) = (layer["set_up"] as? [[String: Any]], layer["step"] as? [[String: Any]])
    let memory = try #require(object["memory"] as? [[String: Any]])
    #expect(memory.map { $0["name"] as? String } == ((once ?? []) + (step ?? [])).map { $0["name"] as? String })
    #expect(memory.allSatisfy { ($0["peak_bytes"] as? Int ?? 0) > 0 })
    let seconds = (step ?? []).compactMap { $0["seconds"] as? Double }
    let weights = try #require(layer["weight_parts"] as? [String: Any])
    #expect(
      weights["is_ternary"] as? Bool == !options.isEmpty && weights["weights"] as? Int == layer["weights"] as? Int)
    // Two bytes each, or five in a byte, every matrix by itself.
    #expect(weights["key_bytes"] as? Int == (options.isEmpty ? 2 * 1728 : 2 * 52 + 2 * 26 + 3 * 64))
    let parts = (weights["parts"] as? [[String: Any]] ?? []).compactMap { $0["processor_seconds"] as? Double }
    #expect(parts.count == 5 && parts.allSatisfy { $0 > 0 })
    #expect(
      abs(parts.dropFirst().reduce(0, +) - (weights["processor_seconds_per_step"] as? Double ?? 0)) < 1e-9)
    #expect(seconds.count == 7 && abs(seconds.reduce(0, +) - (layer["seconds"] as? Double ?? 0)) < 1e-6)
  }

  @Test("Ternary and 16-bit weights compared")
  func compare() throws {
    let shape = ["bench", "layer", "--hidden", "16", "--intermediate", "20", "--heads", "2", "--kv-heads", "1"]
    let outcome = try Program.run(shape + ["--tokens", "2", "--compare", "--unchecked", "--json"])
    #expect(outcome.status == 0, "\(outcome)")
    let object = try outcome.object()
    let kinds = ["layer", "wide"].map { object[$0] as? [String: Any] }
    let weights = kinds.map { $0?["weight_parts"] as? [String: Any] }
    #expect(weights.map { $0?["is_ternary"] as? Bool } == [true, false])
    #expect(weights.map { $0?["key_bytes"] as? Int } == [348, 3456])
    #expect((weights[0]?["parts"] as? [[String: Any]])?.count == (weights[1]?["parts"] as? [[String: Any]])?.count)
  }

  @Test("A whole proof of a random model, verified")
  func proof() throws {
    let outcome = try Program.run([
      "bench", "proof", "--layers", "1", "--vocab", "258", "--hidden", "16", "--intermediate", "20", "--heads", "2",
      "--kv-heads", "1", "--tokens", "4", "--new-tokens", "2", "--json",
    ])
    #expect(outcome.status == 0)
    let object = try outcome.object()
    let seconds = try #require(object["seconds"] as? [String: Double])
    #expect(
      Set(seconds.keys)
        == ["setup", "prove", "inference", "fold", "compress", "read verifier.key", "verify"])
    let steps = try #require(object["steps"] as? [[String: Any]])
    #expect(steps.compactMap { $0["name"] as? String } == ["embedding", "layer 0", "head", "final"])
    #expect((object["proof_bytes"] as? Int ?? 0) > 10_000)
  }

  @Test("Rejects: sizes out of range, with exit code 64")
  func rejections() throws {
    for arguments in [
      ["field", "--log-size", "25"], ["msm", "--bits", "17"], ["msm", "--log-size", "2"], ["open", "--log-size", "2"],
      ["fold", "--log-constraints", "13"], ["fold", "--bits", "2"], ["fold", "--repetitions", "0"],
      ["layer", "--tokens", "1"], ["layer", "--hidden", "0"], ["proof", "--layers", "0"],
      ["proof", "--tokens", "4", "--new-tokens", "4"], ["proof", "--vocab", "3"],
    ] {
      #expect(try Program.run(["bench"] + arguments).status == 64)
    }
    // A shape that cannot be: heads that do not divide among key/value heads.
    for command in ["proof", "layer"] {
      #expect(try Program.run(["bench", command, "--heads", "3", "--kv-heads", "2"]).status == 65)
    }
    #expect(try Program.run(["bench", "layer", "--heads", "7", "--kv-heads", "7"]).status == 65)
  }
}
