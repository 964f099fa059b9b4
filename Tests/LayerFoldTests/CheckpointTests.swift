import Foundation
import LayerFold
import Support
import Testing

/// A run of two texts under the fixture's key, whose folder of checkpoints was copied after every step; made once.
struct KeptRun: Sendable {
  let key: ProverKey
  let proof: Proof
  /// Steps of the proof.
  let count: Int
  /// The folder after each step, by the number of steps.
  private let snapshots: TemporaryFolder

  private static let making = Task {
    let fixture = try await Fixture.made()
    let snapshots = try TemporaryFolder()
    let folder = try TemporaryFolder()
    let kept = folder.url.appending(path: "kept")
    var finished: Proof?
    var steps: [Int] = []
    var failure: (any Error)?
    try ProvingRun.prove(Fixture.requests, with: fixture.key, checkpoints: .starting(in: kept)) { event in
      if case .finished(let proof) = event { finished = proof }
      guard case .saved(let step, _) = event else { return }
      steps.append(step)
      do {
        try FileManager.default.copyItem(at: kept, to: snapshots.url.appending(path: "\(step)"))
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    #expect(steps == Array(0...15))
    return KeptRun(
      key: fixture.key, proof: try #require(finished), count: steps.count - 1, snapshots: snapshots)
  }

  /// The run; proves at the first call.
  static func made() async throws -> KeptRun { try await making.value }

  /// A fresh copy of the folder after `step` steps.
  func folder(after step: Int, in place: TemporaryFolder) throws -> URL {
    let copy = place.url.appending(path: "after-\(step)-\(UUID().uuidString)")
    try FileManager.default.copyItem(at: snapshots.url.appending(path: "\(step)"), to: copy)
    return copy
  }

  /// Begins a run in a folder; says after how many steps it goes on, and what it ignored.
  func resume(
    _ folder: URL, _ requests: [InferenceRequest] = Fixture.requests, version: String? = nil
  ) throws -> (step: Int, ignored: [String]) {
    var ignored: [String] = []
    let run = try ProvingRun.begin(
      requests, with: key, checkpoints: .resuming(in: folder), version: version ?? LibraryVersion.current
    ) {
      if case .resumed(_, _, let reasons) = $0 { ignored = reasons }
    }
    return (run.stepIndex, ignored)
  }
}

/// The names of a folder's files.
private func names(_ folder: URL) throws -> [String] {
  try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
}

@Suite("Checkpoints", .serialized) struct CheckpointTests {
  private static let isLong = ProcessInfo.processInfo.environment["LAYERFOLD_LONG"] == "1"

  @Test("resumed after any step, even twice, a run makes the very proof that it would have made")
  func resumed() async throws {
    let kept = try await KeptRun.made()
    _ = try Verifier(key: kept.key.verifierKey()).verify(
      kept.proof, expecting: ExpectedStatement(modelIdentifier: kept.key.identifier))
    let place = try TemporaryFolder()
    for step in Self.isLong ? Array(0...kept.count) + [kept.count] : [10, kept.count] {
      let folder = try kept.folder(after: step, in: place)
      var events: [Int] = []
      var texts: [[Int]] = []
      var proof: Proof?
      try ProvingRun.prove(Fixture.requests, with: kept.key, checkpoints: .resuming(in: folder)) { event in
        switch event {
        case .resumed(let after, let count, let ignored):
          #expect(after == step && count == kept.count && ignored.isEmpty)
        case .step(let step): events.append(step.index)
        case .generated(_, let text): texts.append(text.outputTokens)
        case .finished(let finished): proof = finished
        default: break
        }
      }
      #expect(proof == kept.proof, "after \(step) steps")
      #expect(events == Array(step..<kept.count).map { $0 + 1 })
      #expect(texts == (try await Fixture.made().continuations.map(\.outputTokens)))
      try Checkpoints.resuming(in: folder).remove()
      #expect(!FileManager.default.fileExists(atPath: folder.path))
    }
  }

  @Test("the folder holds the start and the last two checkpoints, for its owner only") func contents() async throws {
    let kept = try await KeptRun.made()
    let place = try TemporaryFolder()
    let folder = try kept.folder(after: 9, in: place)
    #expect(
      try names(folder) == [
        "checkpoint-0", "checkpoint-8", "checkpoint-9", "cycle-8", "cycle-9", "inference-0-1", "inference-1-8", "lock",
        "pending-8", "pending-9", "running-embedding-2", "running-embedding-9", "running-head-8", "running-layer-7",
      ])
    for name in try names(folder) {
      let file = folder.appending(path: name).path
      #expect(try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int == 0o600, "\(name)")
    }
    let permissions = try FileManager.default.attributesOfItem(atPath: folder.path)[.posixPermissions] as? Int
    #expect(permissions == 0o700)
  }

  @Test("Rejects: a changed or truncated file is not used, the checkpoint before it is")
  func damaged() async throws {
    let kept = try await KeptRun.made()
    let place = try TemporaryFolder()
    var generator = SeededGenerator(seed: 61)
    let original = try kept.folder(after: 6, in: place)
    // What checkpoints 5 and 6 share takes both away; the start stays.
    let expected = [
      "checkpoint-6": 5, "pending-6": 5, "cycle-6": 5, "running-layer-6": 5, "checkpoint-5": 6, "pending-5": 6,
      "running-embedding-2": 0, "inference-0-1": 0, "checkpoint-0": 6,
    ]
    for (name, step) in expected.sorted(by: { $0.key < $1.key }) {
      let bytes = try Data(contentsOf: original.appending(path: name))
      var flipped = bytes
      flipped[Int.random(in: bytes.indices, using: &generator)] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
      let changes = [
        flipped, bytes.prefix(Int.random(in: 0..<bytes.count, using: &generator)), bytes + [0],
        Data(repeating: 0, count: bytes.count),
      ]
      for (number, change) in changes.enumerated() where number < 2 || Self.isLong {
        let folder = try kept.folder(after: 6, in: place)
        try change.write(to: folder.appending(path: name))
        let resumed = try kept.resume(folder)
        #expect(resumed.step == step, "\(name), change \(number)")
        #expect(resumed.ignored.isEmpty == (step == 6), "\(name): \(resumed.ignored)")
        try FileManager.default.removeItem(at: folder)
      }
    }
  }

  @Test("Rejects: every flipped bit and every truncation of a manifest") func manifests() async throws {
    let kept = try await KeptRun.made()
    let place = try TemporaryFolder()
    let folder = try kept.folder(after: 0, in: place)
    let file = folder.appending(path: "checkpoint-0")
    let bytes = try Data(contentsOf: file)
    func refused(_ change: Data, _ what: String) throws {
      try change.write(to: file)
      do {
        _ = try kept.resume(folder)
        Issue.record("\(what) was accepted")
      } catch LayerFoldError.unusableCheckpoint {
      } catch {
        Issue.record("\(what): \(error)")
      }
    }
    for place in bytes.indices {
      var flipped = bytes
      flipped[place] ^= 1 << UInt8(place % 8)
      try refused(flipped, "a flip at byte \(place)")
      try refused(bytes.prefix(place), "a truncation to \(place) bytes")
    }
    try refused(bytes + [0], "a longer file")
    // Lengths that do not fit: of the version, and the number of inferences.
    for place in [8 + 7, 8 + 8 + 5 + 96 + 3] {
      var crafted = bytes
      crafted[place] = 0x7f
      try refused(crafted, "a length")
    }
  }

  @Test("Rejects: parts and manifests under the names of others") func exchanged() async throws {
    let kept = try await KeptRun.made()
    let place = try TemporaryFolder()
    func exchange(_ source: String, _ target: String, expecting step: Int) throws {
      let folder = try kept.folder(after: 6, in: place)
      let bytes = try Data(contentsOf: folder.appending(path: source))
      try bytes.write(to: folder.appending(path: target))
      #expect(try kept.resume(folder).step == step, "\(source) as \(target)")
    }
    try exchange("pending-5", "pending-6", expecting: 5)
    try exchange("running-layer-5", "running-layer-6", expecting: 5)
    try exchange("checkpoint-5", "checkpoint-6", expecting: 5)
    try exchange("checkpoint-6", "checkpoint-7", expecting: 6)
    try exchange("checkpoint-0", "checkpoint-6", expecting: 5)
  }

  @Test("Rejects: another model, other prompts, options or version, in one sentence, and nothing is touched")
  func foreign() async throws {
    let kept = try await KeptRun.made()
    let place = try TemporaryFolder()
    let folder = try kept.folder(after: 6, in: place)
    let before = try names(folder)
    func refused(_ reason: String, _ body: () throws -> Void) {
      #expect(throws: LayerFoldError.unusableCheckpoint(path: folder.relativePath, reason: reason), performing: body)
    }
    var requests = Fixture.requests
    requests[1].prompt = .tokens([0, 42, 78])
    refused("it is of other prompts") { _ = try kept.resume(folder, requests) }
    refused("it is of other prompts") { _ = try kept.resume(folder, [requests[0]]) }
    requests = Fixture.requests
    requests[0].maxNewTokens += 1
    let options = "it is of other options, numbers of new tokens or the choice of private prompts"
    refused(options) { _ = try kept.resume(folder, requests) }
    requests = Fixture.requests
    requests[1].isPromptPrivate = true
    refused(options) { _ = try kept.resume(folder, requests) }
    refused("it is of version \(LibraryVersion.current) of this program, which is 7") {
      _ = try kept.resume(folder, version: "7")
    }
    // The same tokens are the same prompt.
    requests = Fixture.requests
    requests[0].prompt = .tokens(try kept.key.generate(requests[0].prompt, maxNewTokens: 1).promptTokens)
    #expect(try kept.resume(folder, requests).step == 6)
    let after = try names(folder)
    #expect(after == before)

    // The same weights under another setup.
    let other = try ProverKey.setup(model: Fixture.model, maxTokens: 16)
    refused("it is of another model or another setup than prover.key") {
      _ = try ProvingRun.begin(Fixture.requests, with: other, checkpoints: .resuming(in: folder)) { _ in }
    }
  }

  @Test("Rejects: starting where an unfinished run or anything else is, and a folder that is in use")
  func occupied() async throws {
    let kept = try await KeptRun.made()
    let place = try TemporaryFolder()
    let folder = try kept.folder(after: 6, in: place)
    let path = folder.relativePath
    let before = try names(folder)
    func start(_ requests: [InferenceRequest], in folder: URL) throws {
      _ = try ProvingRun.begin(requests, with: kept.key, checkpoints: .starting(in: folder)) { _ in }
    }
    #expect(throws: LayerFoldError.unfinishedCheckpoint(path: path, step: 6, isSameRequest: true)) {
      try start(Fixture.requests, in: folder)
    }
    #expect(throws: LayerFoldError.unfinishedCheckpoint(path: path, step: 6, isSameRequest: false)) {
      try start([Fixture.requests[0]], in: folder)
    }
    #expect(try names(folder) == before)
    do {
      let run = try ProvingRun.begin(Fixture.requests, with: kept.key, checkpoints: .resuming(in: folder)) { _ in }
      for checkpoints in [Checkpoints.resuming(in: folder), .starting(in: folder)] {
        #expect(throws: LayerFoldError.checkpointInUse(path: path)) {
          _ = try ProvingRun.begin(Fixture.requests, with: kept.key, checkpoints: checkpoints) { _ in }
        }
      }
      #expect(throws: LayerFoldError.checkpointInUse(path: path)) { try Checkpoints.resuming(in: folder).remove() }
      withExtendedLifetime(run) {}
    }
    try Data().write(to: folder.appending(path: "notes.txt"))
    for body in [{ try start(Fixture.requests, in: folder) }, { try Checkpoints.starting(in: folder).remove() }] {
      #expect(
        throws: LayerFoldError.cannotCreate(
          path: path, reason: "it holds other files; expected a new or an empty folder"), performing: body)
    }
    #expect(try names(folder) == (before + ["notes.txt"]).sorted())
    let none = place.url.appending(path: "none")
    #expect(throws: LayerFoldError.missingInput("\(none.relativePath) cannot be read: there is no such folder.")) {
      _ = try kept.resume(none)
    }
    try FileManager.default.createDirectory(at: none, withIntermediateDirectories: false)
    #expect(throws: LayerFoldError.missingInput("\(none.relativePath) holds no checkpoint.")) {
      _ = try kept.resume(none)
    }
    #expect(throws: LayerFoldError.self) { try start(Fixture.requests, in: place.url.appending(path: "a/b")) }
    let file = place.url.appending(path: "file")
    try Data().write(to: file)
    #expect(throws: LayerFoldError.self) { try start(Fixture.requests, in: file) }
  }

  @Test("a batch that a key refuses leaves no folder") func refusedBatch() async throws {
    let kept = try await KeptRun.made()
    let place = try TemporaryFolder()
    let folder = place.url.appending(path: "kept")
    let batch = [InferenceRequest](repeating: Fixture.requests[0], count: 1 << 14)
    #expect(throws: LayerFoldError.self) {
      _ = try ProvingRun.begin(batch, with: kept.key, checkpoints: .starting(in: folder)) { _ in }
    }
    #expect(try names(place.url) == [])
  }

  @Test("secrets are not shown by printing what holds them") func printing() async throws {
    let kept = try await KeptRun.made()
    let seed = try #require(Mirror(reflecting: kept.key).children.first { $0.label == "seed" }?.value)
    #expect(String(describing: seed) == "a seed" && String(reflecting: seed) == "a seed")
    #expect(Mirror(reflecting: seed).children.isEmpty)
  }
}
