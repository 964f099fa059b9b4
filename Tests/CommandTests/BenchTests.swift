import Foundation
import Testing

@Suite("bench") struct BenchTests {
  @Test("Kernels: one object with the machine and a time for each operation")
  func kernels() throws {
    for (arguments, count) in [
      (["field", "--log-size", "6"], 2), (["msm", "--log-size", "6", "--bits", "8"], 1), (["poseidon"], 2),
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
      ["field", "--log-size", "25"], ["msm", "--bits", "17"], ["msm", "--log-size", "2"], ["proof", "--layers", "0"],
      ["proof", "--tokens", "4", "--new-tokens", "4"], ["proof", "--vocab", "3"],
    ] {
      #expect(try Program.run(["bench"] + arguments).status == 64)
    }
    // A shape that cannot be: heads that do not divide among key/value heads.
    #expect(try Program.run(["bench", "proof", "--heads", "3", "--kv-heads", "2"]).status == 65)
  }
}
