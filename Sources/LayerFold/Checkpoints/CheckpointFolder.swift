import Foundation

/// A folder (mode 0700) of checkpoints of one run, locked while this object lives; nothing else may be in it.
///
/// `checkpoint-S` is the manifest after S steps; it appears, in one step, after all parts it names are durable.
final class CheckpointFolder: Sendable {
  /// The folder as it was named.
  let path: String
  private let url: URL
  private let lock: Int32

  private static let manifestPrefix = "checkpoint-"
  private static let lockName = "lock"

  /// Makes the folder, or takes an empty one or one that holds only checkpoints.
  ///
  /// - Throws: `cannotCreate` or `checkpointInUse`.
  static func making(_ url: URL) throws -> CheckpointFolder {
    let path = url.relativePath
    if mkdir(path, 0o700) != 0 && errno != EEXIST { throw LayerFoldError.cannotCreate(path: path, reason: lastReason) }
    guard let names = names(in: path) else {
      throw LayerFoldError.cannotCreate(path: path, reason: "something other than a folder has this name")
    }
    guard names.allSatisfy(isOwn) else {
      throw LayerFoldError.cannotCreate(path: path, reason: "it holds other files; expected a new or an empty folder")
    }
    guard chmod(path, 0o700) == 0 else { throw LayerFoldError.cannotCreate(path: path, reason: lastReason) }
    return try CheckpointFolder(locking: url)
  }

  /// Takes a folder that is there; throws `missingInput` or `checkpointInUse`.
  static func taking(_ url: URL) throws -> CheckpointFolder {
    guard let names = names(in: url.relativePath) else {
      throw LayerFoldError.missingInput("\(url.relativePath) cannot be read: there is no such folder.")
    }
    guard names.contains(where: { step(ofManifest: $0) != nil }) else {
      throw LayerFoldError.missingInput("\(url.relativePath) holds no checkpoint.")
    }
    return try CheckpointFolder(locking: url)
  }

  private init(locking url: URL) throws {
    let path = url.relativePath
    let name = url.appendingPathComponent(Self.lockName).path
    let descriptor = open(name, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw LayerFoldError.cannotCreate(path: path, reason: Self.lastReason) }
    // A file system without locks is taken at its user's word.
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 || [EOPNOTSUPP, ENOTSUP, ENOLCK].contains(errno) else {
      close(descriptor)
      throw LayerFoldError.checkpointInUse(path: path)
    }
    self.url = url
    self.path = path
    lock = descriptor
  }

  deinit { close(lock) }

  /// Lets others take the folder from now on.
  func unlock() { flock(lock, LOCK_UN) }

  // MARK: - Reading

  /// The numbers of steps of all manifests, largest first.
  var manifestSteps: [Int] { (Self.names(in: path) ?? []).compactMap(Self.step(ofManifest:)).sorted(by: >) }

  /// The bytes of a manifest; throws `truncated` if they cannot be read.
  func manifest(step: Int) throws(EncodingError) -> Data {
    try contents(Self.manifestName(step: step), part: "the list of parts") { $0 <= CheckpointManifest.lengthLimit }
  }

  /// The bytes of a part as they were written.
  ///
  /// - Parameter limit: the most bytes the part can have.
  /// - Throws: `truncated` for another length, `altered` for another digest.
  func read(
    _ part: CheckpointPart, _ entry: CheckpointManifest.Entry, limit: Int
  ) throws(EncodingError) -> Data {
    guard entry.length <= limit else { throw .outOfRange(part: part.description) }
    let data = try contents(part.fileName(step: entry.step), part: part.description) { $0 == entry.length }
    guard entry.isDigest(of: data) else { throw .altered(part: part.description) }
    return data
  }

  private func contents(
    _ name: String, part: String, length isAllowed: (Int) -> Bool
  ) throws(EncodingError) -> Data {
    do {
      let handle = try FileHandle(forReadingFrom: url.appendingPathComponent(name))
      let length = Int(try handle.seekToEnd())
      guard isAllowed(length) else { throw EncodingError.truncated(part: part) }
      try handle.seek(toOffset: 0)
      let data = try handle.read(upToCount: length) ?? Data()
      guard data.count == length else { throw EncodingError.truncated(part: part) }
      return data
    } catch {
      throw .truncated(part: part)
    }
  }

  // MARK: - Writing

  /// Writes a part durably; throws `cannotCreate` or `writeFailed`.
  func write(
    _ part: CheckpointPart, step: Int, _ body: (PartWriter) throws -> Void
  ) throws -> CheckpointManifest.Entry {
    let writer = PartWriter(to: try stage(part.fileName(step: step)))
    try body(writer)
    return try writer.finish(step: step)
  }

  /// Writes a manifest, whose parts are durable already; throws `cannotCreate` or `writeFailed`.
  func write(manifest bytes: [UInt8], step: Int) throws {
    let file = try stage(Self.manifestName(step: step))
    try file.write(bytes)
    try file.commit()
  }

  private func stage(_ name: String) throws -> StagedFile {
    try StagedFile(at: url.appendingPathComponent(name).relativePath, access: .secret)
  }

  // MARK: - Removing

  /// Removes every file but these checkpoints and their parts.
  func keepOnly(_ manifests: [CheckpointManifest]) {
    let kept = Set(manifests.flatMap { $0.fileNames + [Self.manifestName(step: $0.step)] } + [Self.lockName])
    for name in Self.names(in: path) ?? [] where !kept.contains(name) && Self.isOwn(name) { unlink(file(name)) }
  }

  /// Removes all checkpoints, manifests first, and then the folder; throws `writeFailed` if something is left.
  func remove() throws {
    let names = (Self.names(in: path) ?? []).filter { Self.isOwn($0) && $0 != Self.lockName }
    let manifests = names.filter { Self.step(ofManifest: $0) != nil }
    for name in manifests + names where unlink(file(name)) != 0 && errno != ENOENT {
      throw LayerFoldError.writeFailed(path: path, reason: Self.lastReason)
    }
    unlink(file(Self.lockName))
    guard rmdir(path) == 0 else { throw LayerFoldError.writeFailed(path: path, reason: Self.lastReason) }
  }

  // MARK: - Names

  private func file(_ name: String) -> String { url.appendingPathComponent(name).path }

  private static func manifestName(step: Int) -> String { "\(manifestPrefix)\(step)" }

  private static func step(ofManifest name: String) -> Int? {
    guard name.hasPrefix(manifestPrefix), let step = Int(name.dropFirst(manifestPrefix.count)), step >= 0 else {
      return nil
    }
    return manifestName(step: step) == name ? step : nil
  }

  /// Whether this class gives such names: those of its files, and those of `StagedFile` beside them.
  private static func isOwn(_ name: String) -> Bool {
    let isUnfinished = name.hasPrefix(".") && name.hasSuffix(".partial")
    let final = isUnfinished ? name.dropFirst().prefix { $0 != "." } : name[...]
    return final == lockName
      || ["checkpoint-", "running-", "cycle-", "pending-", "inference-"].contains { final.hasPrefix($0) }
  }

  private static func names(in path: String) -> [String]? {
    let listing = Result { try FileManager.default.contentsOfDirectory(atPath: path) }
    guard case .success(let names) = listing else { return nil }
    return names
  }

  private static var lastReason: String { String(cString: strerror(errno)).lowercased() }
}
