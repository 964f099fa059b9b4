import Foundation
import Testing

/// A `prove` that runs until a test ends it.
private final class RunningProve {
  private let process = Process()
  private let errors: URL

  /// Starts `prove`, what it says going to a file.
  init(_ arguments: [String], sayingTo errors: URL) throws {
    self.errors = errors
    _ = FileManager.default.createFile(atPath: errors.path, contents: nil)
    process.executableURL = Program.url
    process.arguments = arguments
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    process.standardError = try FileHandle(forWritingTo: errors)
    try process.run()
  }

  /// Whether it has not ended.
  var isRunning: Bool { process.isRunning }

  /// What it has said.
  func said() throws -> String { String(decoding: try Data(contentsOf: errors), as: UTF8.self) }

  /// Sends a signal and waits for the end.
  ///
  /// - Returns: whether the signal ended it; false if it had ended before.
  func end(by signal: Int32) -> Bool {
    kill(process.processIdentifier, signal)
    process.waitUntilExit()
    return process.terminationReason == .uncaughtSignal && process.terminationStatus == signal
  }

  /// Waits for the end.
  func wait() -> Int32 {
    process.waitUntilExit()
    return process.terminationStatus
  }
}

/// A request whose proof is stopped and resumed.
private struct Stopped {
  let workspace: Workspace
  let keys: String
  let arguments: [String]

  var folder: URL { workspace.folder.appendingPathComponent("kept steps") }
  var proof: String { workspace.path("proof") }

  init(keys: String) throws {
    workspace = try Workspace()
    self.keys = keys
    arguments = [
      "prove", "--keys", keys, "--prompt", "In the beginning", "--max-new-tokens", "3", "--proof",
      workspace.path("proof"),
    ]
  }

  func start(_ option: String) throws -> RunningProve {
    try RunningProve(
      arguments + [option, folder.path], sayingTo: workspace.folder.appendingPathComponent("said"))
  }

  /// The names in the folder of checkpoints, none if it is not there any more.
  func names() -> [String] {
    let listing = Result { try FileManager.default.contentsOfDirectory(atPath: folder.path) }
    guard case .success(let names) = listing else { return [] }
    return names
  }

  /// Waits until a checkpoint after that many steps is durable, or the process has ended.
  func wait(forStep step: Int, of running: RunningProve) {
    while running.isRunning, !names().contains("checkpoint-\(step)") { usleep(2000) }
  }

  /// The proof is valid, and nothing else is left.
  func expectFinished() throws {
    #expect(!FileManager.default.fileExists(atPath: folder.path))
    let verified = try Program.run([
      "verify", "--verifier-key", keys + "/verifier.key", "--proof", proof, "--prompt", "In the beginning",
    ])
    #expect(verified.status == 0, "\(verified)")
  }
}

@Suite("prove --checkpoint and --resume", .serialized) struct ResumeTests {
  @Test("stopped by a full disk, by signals and by kill -9, one proof comes to its end")
  func stopped() throws {
    let request = try Stopped(keys: SharedKeys.path())
    // The first part is longer than files may be: 2^20 bytes in blocks of 512.
    let full = try Program.runShell(
      "ulimit -f 2048; exec \"$0\" \"$@\"", request.arguments + ["--checkpoint", request.folder.path])
    #expect(full.exited && full.status == 74, "\(full)")
    #expect(full.errors.contains("could not be written") && full.errors.contains("--resume"), "\(full)")
    #expect(Set(request.names()).isSubset(of: ["checkpoint-0", "inference-0-1", "lock"]))

    let killed = try request.start("--resume")
    request.wait(forStep: 1, of: killed)
    #expect(killed.end(by: SIGKILL))

    // What is told when the disk fills up later on: the checkpoint before stays.
    let fullAgain = try Program.runShell(
      "ulimit -f 2048; exec \"$0\" \"$@\"", request.arguments + ["--resume", request.folder.path])
    #expect(fullAgain.exited && fullAgain.status == 74, "\(fullAgain)")
    #expect(request.names().contains("checkpoint-1"))

    for (signal, step) in [(SIGINT, 2), (SIGTERM, 3)] {
      let ended = try request.start("--resume")
      request.wait(forStep: step, of: ended)
      let start = ContinuousClock.now
      #expect(ended.end(by: signal))
      #expect(ContinuousClock.now - start < .seconds(2), "it ends at once")
      let said = try ended.said()
      #expect(said.contains("steps are kept; go on with:"), "\(said)")
      let command = try #require(said.split(separator: "\n").last)
      #expect(command.contains("--resume '\(request.folder.path)'"), "\(said)")
      #expect(command.hasPrefix(Program.url.path) && command.contains("'In the beginning'"), "\(said)")
      #expect(request.names().filter { $0.hasPrefix(".") } == [])
    }

    // Starting over is refused, and says how to go on, with a command that does.
    let copy = request.workspace.folder.appendingPathComponent("copy")
    try FileManager.default.copyItem(at: request.folder, to: copy)
    let again = try Program.run(request.arguments + ["--checkpoint", request.folder.path])
    #expect(again.exited && again.status == 73 && again.output.isEmpty, "\(again)")
    #expect(again.errors.contains("unfinished proof of this request"), "\(again)")
    let command = try #require(again.errors.split(separator: "\n").first { $0.hasPrefix(Program.url.path) })
    let finished = try Program.runShell(String(command))
    #expect(finished.status == 0, "\(finished)")
    try request.expectFinished()

    // Whoever resumes a copy makes the very same proof.
    let other = request.workspace.path("other")
    let twice = try Program.run(
      request.arguments.dropLast() + [other, "--resume", copy.path, "--json"])
    #expect(twice.status == 0, "\(twice)")
    #expect(try Data(contentsOf: URL(fileURLWithPath: other)) == Data(contentsOf: URL(fileURLWithPath: request.proof)))
    #expect(try twice.object()["steps"] as? Int == 8)
  }

  @Test("Rejects: another prompt, another number, nothing to resume, and both options")
  func refused() throws {
    let request = try Stopped(keys: SharedKeys.path())
    let running = try request.start("--checkpoint")
    request.wait(forStep: 0, of: running)
    #expect(running.end(by: SIGKILL))
    let folder = request.folder.path
    let base = ["prove", "--keys", request.keys, "--proof", request.proof, "--resume", folder]
    try expectRefusal(base + ["--prompt", "In the end", "--max-new-tokens", "3"], 65, mentions: ["other prompts"])
    try expectRefusal(base + ["--prompt", "In the beginning", "--max-new-tokens", "4"], 65, mentions: ["options"])
    try expectRefusal(
      base + ["--prompt", "In the beginning", "--max-new-tokens", "3", "--private-prompt"], 65, mentions: ["private"])
    try expectRefusal(
      base + ["--prompt", "a", "--max-new-tokens", "3", "--checkpoint", folder], 64, mentions: ["--resume"])
    try expectRefusal(
      request.arguments + ["--resume", request.workspace.path("none")], 66, mentions: ["none", "no such folder"])
    try expectRefusal(
      base.dropLast() + [request.workspace.folder.path, "--prompt", "a", "--max-new-tokens", "3"], 66,
      mentions: ["no checkpoint"])
    try expectRefusal(
      [
        "prove", "--keys", request.keys, "--proof", request.proof, "--prompt", "a", "--max-new-tokens", "3",
        "--checkpoint", folder,
      ], 73, mentions: ["another request"])
    try expectRefusal(
      request.arguments + ["--checkpoint", request.workspace.folder.path], 73, mentions: ["other files"])
    #expect(Set(request.names()) == ["checkpoint-0", "lock"])
  }

  @Test("a private prompt is not repeated by what is said at the end") func privatePrompt() throws {
    let workspace = try Workspace()
    let folder = workspace.path("kept")
    let running = try RunningProve(
      [
        "prove", "--keys", try SharedKeys.path(), "--prompt", "In the beginning", "--max-new-tokens", "3", "--proof",
        workspace.path("proof"), "--private-prompt", "--salt-out", workspace.path("salt"), "--checkpoint", folder,
      ], sayingTo: workspace.folder.appendingPathComponent("said"))
    while running.isRunning, try !running.said().contains("step 1/8") { usleep(2000) }
    #expect(running.end(by: SIGTERM))
    let said = try running.said()
    #expect(said.contains("--resume in place of --checkpoint") && !said.contains("beginning"), "\(said)")
  }
}

/// More than fifty kills, some minutes.
@Suite(
  "prove --resume after many kills (LAYERFOLD_LONG=1)", .serialized,
  .enabled(if: ProcessInfo.processInfo.environment["LAYERFOLD_LONG"] == "1"))
struct KillTests {
  @Test("killed at 60 random moments, half of them in the middle of a write, every proof comes to its end")
  func kills() throws {
    let keys = try Workspace()
    let setup = try Program.run([
      "setup", "--model", Model.folder.path, "--max-tokens", "12", "--out", keys.path("keys"),
    ])
    #expect(setup.status == 0, "\(setup)")
    var (kills, writes, proofs, resumed) = (0, 0, 0, 0)
    while kills < 60 {
      let request = try Stopped(keys: keys.path("keys"))
      var option = "--checkpoint"
      while true {
        let running = try request.start(option)
        usleep(UInt32.random(in: 0..<3_000_000))
        let inWrite = Bool.random()
        while inWrite, running.isRunning, !request.names().contains(where: { $0.hasSuffix(".partial") }) { usleep(100) }
        let unfinished = request.names().contains { $0.hasSuffix(".partial") }
        guard running.end(by: SIGKILL) else {
          let said = try running.said()
          #expect(running.wait() == 0, "\(said)")
          break
        }
        kills += 1
        if unfinished { writes += 1 }
        if option == "--resume" { resumed += 1 }
        // Only before the very first file is there nothing to resume.
        option = request.names().contains { $0.hasPrefix("checkpoint-") } ? "--resume" : "--checkpoint"
      }
      try request.expectFinished()
      proofs += 1
    }
    print("kills: \(kills), in a write \(writes), of resumed runs \(resumed), proofs \(proofs)")
    #expect(writes > 10 && resumed > 20)
  }
}
