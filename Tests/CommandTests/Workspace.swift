import Foundation

/// A folder of its own for one test, removed at the end.
final class Workspace: Sendable {
  let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("layerfold-tests-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  deinit {
    // A folder that cannot be removed is left to the system.
    _ = Result { try FileManager.default.removeItem(at: folder) }
  }

  /// The path of a name in the folder.
  func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

  /// The names in the folder.
  func names() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() }

  /// Writes a file and returns its path.
  func write(_ contents: String, to name: String) throws -> String {
    try Data(contents.utf8).write(to: folder.appendingPathComponent(name))
    return path(name)
  }

  /// A copy of the bundled model whose files may be changed.
  func copyOfModel(named name: String = "model") throws -> URL {
    let copy = folder.appendingPathComponent(name)
    try FileManager.default.copyItem(at: Model.folder, to: copy)
    return copy
  }
}

/// The bundled tiny-llama.
enum Model {
  /// Its folder, in the program's resources.
  static let folder = Program.url.deletingLastPathComponent()
    .appendingPathComponent("layerfold_Command.resources/tiny-llama")
}

/// Keys of the bundled model for 64 tokens, made once for all tests, in the folder of the build.
enum SharedKeys {
  private static let made = Result {
    let folder = Program.url.deletingLastPathComponent().appendingPathComponent("CommandTests.keys").path
    let outcome = try Program.run([
      "setup", "--model", Model.folder.path, "--max-tokens", "64", "--out", folder, "--public-model",
    ])
    guard outcome.status == 0 else { throw Refused(sentence: outcome.errors) }
    return folder
  }

  private struct Refused: Error {
    let sentence: String
  }

  /// The path of the folder of keys.
  static func path() throws -> String { try made.get() }
}
