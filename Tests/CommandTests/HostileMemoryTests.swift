#if os(Linux)
  import Foundation
  import Parsers
  import Testing

  /// Small files that ask for as much as their formats allow, or more, read by a program that may have 300 MB of addresses, libraries
  /// included, and 20 MB for the thread of each processor.
  @Suite("Hostile files take no memory") struct HostileMemoryTests {
    /// Runs the program with so little memory.
    private func runConfined(_ arguments: [String]) throws -> Program.Outcome {
      let kilobytes = 300_000 + 20_000 * ProcessInfo.processInfo.activeProcessorCount
      return try Program.runShell(
        "export SWIFT_BACKTRACE=enable=no MALLOC_ARENA_MAX=1; ulimit -v \(kilobytes); exec \"$0\" \"$@\"", arguments)
    }

    private func refuse(
      _ status: Int32, _ mention: String, _ arguments: String..., sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
      let outcome = try runConfined(arguments)
      #expect(outcome.exited && outcome.status == status, "\(outcome)", sourceLocation: sourceLocation)
      #expect(outcome.output.isEmpty && outcome.errors.contains(mention), "\(outcome)", sourceLocation: sourceLocation)
    }

    private func bytes(_ number: UInt64, _ count: Int) -> Data {
      Data((0..<count).map { UInt8(truncatingIfNeeded: number >> (8 * UInt64($0))) })
    }

    private func write(_ name: String, _ parts: Data..., in workspace: Workspace) throws -> String {
      try parts.reduce(Data(), +).write(to: workspace.folder.appendingPathComponent(name))
      return workspace.path(name)
    }

    @Test("the limit is one: two gigabytes are not to be had, what the bundled model's setup needs is") func control()
      throws
    {
      let workspace = try Workspace()
      #expect(try runConfined(["bench", "field", "--log-size", "26"]).status != 0)
      let setup = try runConfined([
        "setup", "--model", Model.folder.path, "--max-tokens", "8", "--out", workspace.path("keys"),
      ])
      #expect(setup.status == 0, "\(setup)")
    }

    @Test("Rejects: proofs of 2^20 claims, of texts of 2^20 tokens") func proofs() throws {
      let workspace = try Workspace()
      let name = Data("LFPROOF2".utf8)
      let claims = try write("claims", name, bytes(1 << 20, 4), in: workspace)
      try refuse(1, "ends within the length of a prompt", "inspect", "--proof", claims)
      let long = bytes(1 << 20, 4)
      let tokens = try write("tokens", name, bytes(1, 4), long, long, long, Data(count: 32), in: workspace)
      try refuse(1, "ends within the tokens", "inspect", "--proof", tokens)
      for count in [0, 1 << 20 + 1, .max] as [UInt64] {
        let other = try write("other", name, bytes(count, 4), Data(count: 100), in: workspace)
        try refuse(1, "not well-formed", "inspect", "--proof", other)
      }
    }

    @Test("Rejects: keys of 2^30 bytes of constants, of 2^22 commitments") func keys() throws {
      let workspace = try Workspace()
      let proof = try write("proof", Data("LFPROOF2".utf8), in: workspace)
      for length in [1 << 30, .max] as [UInt64] {
        let key = try write("verifier.key", Data("LFVKEY01".utf8), bytes(length, 8), in: workspace)
        try refuse(65, "the model's constants", "verify", "--verifier-key", key, "--proof", proof)
      }
      let start = Data("LFPKEY01".utf8) + Data(count: 33) + Data([17]) + Data(count: 32)
      for (steps, chunks, mention) in [
        (1 << 12, 1 << 10, "ends within the weight commitments"), (1 << 12 + 1, 1, "the number of steps"),
        (4, 1 << 10 + 1, "the number of weight chunks"),
      ] as [(UInt64, UInt64, String)] {
        _ = try write("prover.key", start, bytes(steps, 4), bytes(chunks, 4), in: workspace)
        try refuse(
          65, mention, "generate", "--keys", workspace.folder.path, "--prompt", "a", "--max-new-tokens", "1")
      }
    }

    /// 3,591 bytes of constraints, which took a gigabyte when the columns of a template's variables were listed as it was read.
    @Test("Rejects: constraints of 255 templates with 2^20 - 1 variables each") func templates() throws {
      let workspace = try Workspace()
      let proof = try write("proof", Data("LFPROOF2".utf8), in: workspace)
      let key = try #require(try Seed.inputs(.verifierKey).first)
      // Its last part: for each kind 22 bytes of constraints behind their number.
      let start = Data(key.dropLast(4 * (8 + 22)))
      let template: [UInt8] = [0, 0xff, 0xff, 0x3f, 1, 0, 0, 1, 0, 1, 1]
      // Two public columns, 255 * (2^20 - 1) trace variables, no others, no combinations; the templates and a block of each.
      var constraints = Array("LFSHAPE2".utf8)
      constraints += [2, 0x81, 0xfe, 0xbf, 0x7f, 0, 0, 0, 0xff, 1]
      for _ in 0..<255 { constraints += template }
      constraints += [0xff, 1]
      for _ in 0..<255 { constraints += [0, 0, 0] }
      constraints.append(0)
      #expect(constraints.count == 3591)
      let file = try write(
        "verifier.key", start, bytes(UInt64(constraints.count), 8), Data(constraints), Data(key.suffix(3 * 30)),
        in: workspace)
      try refuse(65, "ends within the generators", "verify", "--verifier-key", file, "--proof", proof)
    }

    @Test("Rejects: safetensors with headers of 10^8 bytes, with tensors of 2^40 bytes") func safetensors() throws {
      let workspace = try Workspace()
      let model = try workspace.copyOfModel()
      func header(_ shape: String, end: String) -> Data {
        let text = Data("{\"a\":{\"dtype\":\"F32\",\"shape\":\(shape),\"data_offsets\":[0,\(end)]}}".utf8)
        return bytes(UInt64(text.count), 8) + text
      }
      for (contents, mention) in [
        (bytes(100_000_000, 8) + Data("{}".utf8), "the header length"),
        (bytes(.max, 8) + Data("{}".utf8), "the header length"),
        (header("[1048576,262144]", end: "1099511627776"), "offsets"),
        (header("[1048576,1048576,1048576]", end: "4611686018427387904"), "offsets"),
      ] {
        try contents.write(to: model.appendingPathComponent("model.safetensors"))
        try refuse(
          65, mention, "setup", "--model", model.path, "--max-tokens", "8", "--out", workspace.path("keys"))
      }
      #expect(try workspace.names() == ["model"])
    }

    @Test("Rejects: GGUF files of 2^20 tensors or values, of arrays and names without end") func gguf() throws {
      let workspace = try Workspace()
      func file(tensors: UInt64, values: UInt64, _ rest: Data) -> Data {
        Data("GGUF".utf8) + bytes(3, 4) + bytes(tensors, 8) + bytes(values, 8) + rest
      }
      let array = bytes(1, 8) + Data("a".utf8) + bytes(9, 4) + bytes(8, 4) + bytes(1 << 22, 8)
      for (contents, mention) in [
        (file(tensors: 1 << 20, values: 0, Data()), "ends inside its header"),
        (file(tensors: 0, values: 1 << 20, Data()), "ends inside its header"),
        (file(tensors: 0, values: 1, array), "the length of an array"),
        (file(tensors: 0, values: 1, bytes(1 << 62, 8)), "the length of a string"),
      ] {
        let model = try write("model.gguf", contents, in: workspace)
        try refuse(65, mention, "setup", "--model", model, "--max-tokens", "8", "--out", workspace.path("keys"))
      }
    }

    @Test("Rejects: configurations as large as they may be, by plan and by setup") func configuration() throws {
      let workspace = try Workspace()
      let model = try workspace.copyOfModel()
      let file = model.appendingPathComponent("config.json")
      var object = try #require(try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any])
      for (field, value) in [
        ("hidden_size", 1 << 16), ("intermediate_size", 1 << 18), ("num_hidden_layers", 1 << 10),
        ("vocab_size", 1 << 20),
        ("max_position_embeddings", 1 << 20), ("num_attention_heads", 1 << 10), ("num_key_value_heads", 1 << 10),
      ] { object[field] = value }
      object["head_dim"] = nil
      try JSONSerialization.data(withJSONObject: object).write(to: file)
      try refuse(65, "numbers (weights)", "plan", "--config", file.path, "--max-tokens", "64")
      try refuse(65, "shape", "setup", "--model", model.path, "--max-tokens", "8", "--out", workspace.path("keys"))
    }
  }
#endif
