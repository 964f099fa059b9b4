import Crypto
import Foundation

/// Writes the checkpoints of one run, and finds those of the run before it.
final class CheckpointKeeper {
  /// Where the run's randomness comes from.
  let secret: RunSecret
  /// Checkpoints of an earlier run of the same request, newest first; none for a run that starts.
  let found: [CheckpointManifest]
  /// What newer ones could not be used, in sentences without a full stop.
  private(set) var ignored: [String]
  /// Where the files are.
  let folder: CheckpointFolder

  private let binding: CheckpointBinding
  private let order: StepOrder
  private let key: SymmetricKey
  /// The checkpoints that the folder holds: the start, and the last two.
  private var kept: [CheckpointManifest] = []

  /// Begins to keep a run; nil if it is kept nowhere.
  ///
  /// - Throws: for a run that starts `cannotCreate`, `unfinishedCheckpoint` or `writeFailed`; for one that is resumed
  ///   `missingInput` or `unusableCheckpoint`; for both `checkpointInUse`.
  static func make(
    _ checkpoints: Checkpoints, for binding: CheckpointBinding, order: StepOrder, key: SymmetricKey
  ) throws -> CheckpointKeeper? {
    switch checkpoints {
    case .none: nil
    case .starting(let url): try CheckpointKeeper(starting: .making(url), for: binding, order: order, key: key)
    case .resuming(let url): try CheckpointKeeper(resuming: .taking(url), for: binding, order: order, key: key)
    }
  }

  private init(
    starting folder: CheckpointFolder, for binding: CheckpointBinding, order: StepOrder, key: SymmetricKey
  ) throws {
    let steps = folder.manifestSteps
    if let newest = steps.first {
      let own = Self.examine(folder, steps, for: binding, order: order, key: key).usable.first
      throw LayerFoldError.unfinishedCheckpoint(
        path: folder.path, step: own?.step ?? newest, isSameRequest: own.map { $0.binding == binding } ?? false)
    }
    var generator = SystemRandomNumberGenerator()
    secret = RunSecret(using: &generator)
    (found, ignored) = ([], [])
    (self.folder, self.binding, self.order, self.key) = (folder, binding, order, key)
    folder.keepOnly([])
    try save(step: 0) { _, _ in }
  }

  private init(
    resuming folder: CheckpointFolder, for binding: CheckpointBinding, order: StepOrder, key: SymmetricKey
  ) throws {
    let (usable, reasons, foreign) = Self.examine(folder, folder.manifestSteps, for: binding, order: order, key: key)
    guard let newest = usable.first else {
      throw LayerFoldError.unusableCheckpoint(path: folder.path, reason: foreign ?? reasons.first ?? "it is empty")
    }
    if let difference = newest.binding.difference(from: binding) {
      throw LayerFoldError.unusableCheckpoint(path: folder.path, reason: difference)
    }
    secret = newest.secret
    found = usable.filter { $0.binding == newest.binding && $0.secret == newest.secret }
    ignored = reasons
    (self.folder, self.binding, self.order, self.key) = (folder, binding, order, key)
  }

  /// Looks at manifests, newest first; parts are not read. `reasons` are those against what is newer than all usable ones.
  private static func examine(
    _ folder: CheckpointFolder, _ steps: [Int], for binding: CheckpointBinding, order: StepOrder, key: SymmetricKey
  ) -> (usable: [CheckpointManifest], reasons: [String], foreign: String?) {
    var usable: [CheckpointManifest] = []
    var reasons: [String] = []
    var foreign: String?
    for step in steps {
      let examined: CheckpointManifest.Examined
      do throws(EncodingError) {
        examined = CheckpointManifest.examine(
          try folder.manifest(step: step), model: binding.model, layers: order.layers, key: key)
      } catch {
        examined = .damaged(reason: error.description)
      }
      switch examined {
      case .usable(let manifest) where manifest.step == step: usable.append(manifest)
      case .usable: reasons.append("the checkpoint after \(step) steps has another name than it was given")
      case .foreign(let reason): foreign = foreign ?? reason
      case .damaged(let reason):
        if usable.isEmpty { reasons.append("the checkpoint after \(step) steps is damaged: \(reason)") }
      }
    }
    return (usable, reasons, foreign)
  }

  /// The run goes on from one of `found`, all newer ones having turned out to be damaged.
  func resumed(from manifest: CheckpointManifest) {
    let older = found.filter { $0.step < manifest.step }
    kept = [older.last, older.first, manifest].compactMap(\.self).reduce(into: []) { list, manifest in
      if !list.contains(manifest) { list.append(manifest) }
    }
    folder.keepOnly(kept)
  }

  /// One of `found` has a part that is damaged.
  func ignore(_ manifest: CheckpointManifest, _ error: EncodingError) {
    ignored.append("the checkpoint after \(manifest.step) steps is damaged: \(error.description)")
  }

  /// Makes the state after `step` steps durable: writes the parts that changed, then the manifest, then removes what only
  /// older checkpoints need. Whatever fails, the checkpoint before stays.
  func save(step: Int, _ write: (CheckpointPart, PartWriter) throws -> Void) throws {
    var parts = kept.last?.parts ?? [:]
    for part in order.changedParts(step: step) {
      parts[part] = try folder.write(part, step: step) { try write(part, $0) }
    }
    let manifest = CheckpointManifest(binding: binding, secret: secret, step: step, parts: parts)
    try folder.write(manifest: manifest.encoded(order: order, key: key), step: step)
    // The start needs no parts, so it stays: whatever happens to the parts, a run can begin again as it began.
    kept = kept.filter { $0.step == 0 } + kept.suffix(1).filter { $0.step > 0 } + [manifest]
    folder.keepOnly(kept)
  }

  /// Removes the folder of a run that could not begin.
  func abandonStart() throws {
    if found.isEmpty { try folder.remove() }
  }
}
